"""CreateGroup by Django and one of its forms."""

import json
import sys
import uuid

from django import forms
from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.validators import RegexValidator
from django.http import JsonResponse
from django.urls import path
from django.views.decorators.http import require_POST

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="of a mock")

VALUE, NAME = "InvalidParameterValue.", "^[\u4e00-\u9fa5A-Za-z0-9_-]*$"


def text(stem, longest, pattern=NAME, **options):
    """A field whose errors are the page's codes."""
    errors = {"required": "MissingParameter.ErrorParameterEmpty", "max_length": VALUE + stem + "TooLong"}
    legal = RegexValidator(pattern, VALUE + stem + "Illegal")
    return forms.CharField(max_length=longest, validators=[legal], error_messages=errors, **options)


class Group(forms.Form):
    """What a request carries."""

    GroupName = text("GroupName", 60)
    GroupId = text("GroupId", 64, "^[A-Za-z0-9%@#&_-]*$")
    GroupExDescriptions = forms.JSONField(required=False, error_messages={"invalid": "InvalidParameter"})
    Tag = text("GroupTag", 40, required=False)
    FaceModelVersion = forms.ChoiceField(
        choices=[("2.0", "2.0"), ("3.0", "3.0")],
        required=False,
        error_messages={"invalid_choice": VALUE + "FaceModelVersionIllegal"},
    )

    def clean_GroupExDescriptions(self):
        """At most five, each a short text, none twice."""
        descriptions = self.cleaned_data["GroupExDescriptions"] or []
        if len(descriptions) > 5:
            raise forms.ValidationError(VALUE + "GroupExDescriptionsExceed")
        descriptions = [text("GroupExDescriptionsName", 30).clean(each) for each in descriptions]
        if len(set(descriptions)) < len(descriptions):
            raise forms.ValidationError(VALUE + "GroupExDescriptionsNameIdentical")
        return descriptions


groups = {}


@require_POST
def create(request):
    """Create a group."""
    form = Group(json.loads(request.body))
    if not form.is_valid():
        return refused(next(iter(form.errors.values()))[0])
    group = form.cleaned_data
    if group["GroupId"] in groups:
        return refused(VALUE + "GroupIdAlreadyExist")
    if group["GroupName"] in groups.values():
        return refused(VALUE + "GroupNameAlreadyExist")
    groups[group["GroupId"]] = group["GroupName"]
    return answer(FaceModelVersion=group["FaceModelVersion"] or "3.0")


def refused(code):
    """The answer with an error."""
    return answer(Error={"Code": code, "Message": code})


def answer(**members):
    """An answer as the page prints it."""
    return JsonResponse({"Response": members | {"RequestId": str(uuid.uuid4())}})


urlpatterns = [path("", create)]
if __name__ == "__main__":
    execute_from_command_line(sys.argv)
