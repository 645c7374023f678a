"""What the actions do."""

import asyncio
import contextlib
import html
import sqlite3
import time
from typing import AsyncContextManager

from starlette.concurrency import run_in_threadpool

from app.errors import ApiError
from app.mistakes import active
from app.repositories.groups import Group, GroupRepository
from app.schemas.groups import (
    CreateGroupRequest,
    CreateGroupResult,
    EmptyResult,
    GetGroupListRequest,
    GetGroupListResult,
    GroupIdRequest,
    GroupInfo,
    ModifyGroupRequest,
)
from app.services import rules

PREFIX = "InvalidParameterValue."
DEFAULT_LIMIT = 10
MAX_LIMIT = 1000


def name_exists() -> ApiError:
    if active("duplicate-name-code"):
        return ApiError(PREFIX + "GroupIdAlreadyExist")
    return ApiError(PREFIX + "GroupNameAlreadyExist")


class GroupService:
    def __init__(self, repository: GroupRepository, max_groups: int):
        self._repository = repository
        self._max_groups = max_groups
        self._lock = asyncio.Lock()
        self._names: set[str] = set()

    async def create(self, request: CreateGroupRequest) -> CreateGroupResult:
        rules.check_create(request)
        async with self._writing():
            group = await self._new_group(request)
            if active("same-create-succeeds") and await self._is_same(group):
                return CreateGroupResult(FaceModelVersion=group.face_model_version)
            name_free = await self._claim_name(group.name, group.face_model_version)
            if await run_in_threadpool(self._repository.id_taken, group.group_id):
                raise ApiError(PREFIX + "GroupIdAlreadyExist")
            if not name_free:
                raise name_exists()
            if await run_in_threadpool(self._repository.count) >= self._max_groups:
                raise ApiError(PREFIX + "GroupNumExceed")
            await self._insert(group)
        if active("default-version-left-out"):
            return CreateGroupResult.model_validate(
                request.model_dump(exclude_unset=True)
            )
        return CreateGroupResult(FaceModelVersion=group.face_model_version)

    async def delete(self, request: GroupIdRequest) -> EmptyResult:
        rules.check_id(request.GroupId)
        async with self._lock:
            if not await run_in_threadpool(self._repository.delete, request.GroupId):
                raise ApiError(PREFIX + "GroupIdNotExist")
        return EmptyResult()

    async def info(self, request: GroupIdRequest) -> GroupInfo:
        rules.check_id(request.GroupId)
        return self._to_info(await self._find(request.GroupId))

    async def page(self, request: GetGroupListRequest) -> GetGroupListResult:
        offset = 0 if request.Offset is None else request.Offset
        limit = DEFAULT_LIMIT if request.Limit is None else request.Limit
        if offset < 0 or limit < 0:
            raise ApiError("InvalidParameter", "Offset 和 Limit 不可为负数。")
        if limit > MAX_LIMIT:
            raise ApiError(PREFIX + "LimitExceed")
        total = await run_in_threadpool(self._repository.count)
        if offset > total:
            raise ApiError(PREFIX + "OffsetExceed")
        groups = await run_in_threadpool(self._repository.page, offset, limit)
        return GetGroupListResult(
            GroupInfos=[self._to_info(group) for group in groups], GroupNum=total
        )

    async def modify(self, request: ModifyGroupRequest) -> EmptyResult:
        rules.check_id(request.GroupId)
        if request.GroupName is not None:
            rules.check_name(request.GroupName)
        if request.Tag is not None:
            rules.check_tag(request.Tag)
        async with self._lock:
            group = await self._find(request.GroupId)
            if request.GroupName is not None and request.GroupName != group.name:
                name_free = await self._claim_name(
                    request.GroupName, group.face_model_version
                )
                if not name_free and not active("rename-to-taken-name"):
                    raise name_exists()
                group.name = request.GroupName
            if request.Tag is not None:
                group.tag = request.Tag
            for item in request.GroupExDescriptionInfos or []:
                if not 0 <= item.GroupExDescriptionIndex < len(group.descriptions):
                    raise ApiError(PREFIX + "GroupExDescriptionsExceed")
                group.descriptions[item.GroupExDescriptionIndex] = (
                    item.GroupExDescription
                )
            rules.check_descriptions(group.descriptions)
            await run_in_threadpool(self._repository.update, group)
        return EmptyResult()

    def _writing(self) -> AsyncContextManager:
        if active("parallel-names-unguarded"):
            return contextlib.nullcontext()
        return self._lock

    async def _new_group(self, request: CreateGroupRequest) -> Group:
        group_id = request.GroupId
        if active("id-html-escaped"):
            group_id = html.escape(group_id)
        tag = request.Tag or ""
        if active("absent-tag-stored-as-none"):
            tag = str(request.Tag)
        version = request.FaceModelVersion
        if version is None:
            version = await self._default_version()
        return Group(
            group_id=group_id,
            name=request.GroupName,
            tag=tag,
            face_model_version=version,
            created_at=time.time_ns() // 1_000_000,
            descriptions=request.GroupExDescriptions or [],
        )

    async def _default_version(self) -> str:
        if active("version-default-2"):
            return "2.0"
        if active("used-account-defaults-to-2"):
            used = await run_in_threadpool(self._repository.count) > 0
            return "2.0" if used else "3.0"
        return "3.0"

    async def _is_same(self, group: Group) -> bool:
        stored = await run_in_threadpool(self._repository.get, group.group_id)
        if stored is None:
            return False
        group.created_at = stored.created_at
        return stored == group

    async def _claim_name(self, name: str, version: str) -> bool:
        """Whether no group has this name yet."""
        if active("create-replaces-by-name"):
            return True  # the unique index on names is enough
        if active("failed-create-reserves-name"):
            is_new = name not in self._names
            self._names.add(name)
            return is_new
        return not await run_in_threadpool(self._repository.name_taken, name, version)

    async def _insert(self, group: Group) -> None:
        try:
            await run_in_threadpool(self._repository.insert, group)
        except sqlite3.IntegrityError as error:
            if "descriptions" in str(error):
                raise ApiError(PREFIX + "GroupExDescriptionsNameIdentical") from None
            raise ApiError(PREFIX + "GroupIdAlreadyExist") from None

    async def _find(self, group_id: str) -> Group:
        group = await run_in_threadpool(self._repository.get, group_id)
        if group is None:
            raise ApiError(PREFIX + "GroupIdNotExist")
        return group

    @staticmethod
    def _to_info(group: Group) -> GroupInfo:
        return GroupInfo(
            GroupName=group.name,
            GroupId=group.group_id,
            GroupExDescriptions=group.descriptions,
            Tag=group.tag,
            FaceModelVersion=group.face_model_version,
            CreationTimestamp=group.created_at,
        )
