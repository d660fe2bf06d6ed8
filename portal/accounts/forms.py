"""What an account's own pages ask: a code, a new device's first code, the password once more."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.accounts import second_step, throttle

_CODE = {"autocomplete": "one-time-code", "inputmode": "text", "autocapitalize": "none", "spellcheck": "false"}


class CodeForm(forms.Form):
    """The second step: six digits from the application or a recovery code."""

    code = forms.CharField(
        label=_("Code"), max_length=40, widget=forms.TextInput({**_CODE, "autofocus": True, "class": "code"})
    )

    def __init__(self, account, data=None):
        super().__init__(data)
        self.account = account

    def clean_code(self):
        if not second_step.check(self.account, self.cleaned_data["code"]):
            raise ValidationError(_("This code is wrong, expired or has been used."))
        return self.cleaned_data["code"]


class SetupForm(forms.Form):
    """The first code of a new device; the password, too, when it was given long ago."""

    password = forms.CharField(
        label=_("Your present password"), max_length=200, strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )  # fmt: skip
    token = forms.RegexField(
        "^[0-9]{6}$", label=_("Six digits that the application shows"),
        error_messages={"invalid": _("Six digits, please.")},
        widget=forms.TextInput({**_CODE, "inputmode": "numeric", "class": "code", "maxlength": 6}),
    )  # fmt: skip

    def __init__(self, request, data=None, *, asks_password):
        super().__init__(data)
        self.request = request
        if not asks_password:
            del self.fields["password"]

    def clean_password(self):
        if not throttle.is_password(self.request, self.request.account, self.cleaned_data["password"]):
            raise ValidationError(_("The password is wrong."))
        return self.cleaned_data["password"]
