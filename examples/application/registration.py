"""Registers people: a group for each team, made when its first member comes."""

from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.iai.v20200303 import models

EXISTS = "InvalidParameterValue.GroupIdAlreadyExist"
AGAIN = ("InternalError", "FailedOperation.ServerError")


def register(client, team, person_id, name, image):
    """The face's id of a person in a team.

    Raises:
        TencentCloudSDKException: the service refuses it.
    """
    _ensure_group(client, team)
    request = models.CreatePersonRequest()
    request.GroupId, request.PersonId, request.PersonName, request.Image = team, person_id, name, image
    return client.CreatePerson(request).FaceId


def _ensure_group(client, team, tries=2):
    request = models.CreateGroupRequest()
    request.GroupId, request.GroupName = team, team
    try:
        client.CreateGroup(request)
    except TencentCloudSDKException as error:
        if error.code in AGAIN and tries > 1:
            _ensure_group(client, team, tries - 1)
        elif error.code != EXISTS:
            raise
