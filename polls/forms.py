"""The ballot as a form (radio buttons for one choice, check boxes for several), and the question after it."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.lib import text


class BallotForm(forms.Form):
    def __init__(self, *args, poll, **kwargs):
        super().__init__(*args, **kwargs)
        self.poll = poll
        several = poll.max_choices > 1
        field_class = forms.ModelMultipleChoiceField if several else forms.ModelChoiceField
        self.fields["option"] = field_class(
            poll.options.all(),
            label=poll.question,
            widget=forms.CheckboxSelectMultiple if several else forms.RadioSelect,
            error_messages={
                "required": _("Please choose an answer before you send."),
                "invalid_choice": _("This answer does not belong to the poll. Please choose one of the answers below."),
                "invalid_pk_value": _(
                    "This answer does not belong to the poll. Please choose one of the answers below."
                ),
            },
            **({} if several else {"empty_label": None}),
        )

    def clean_option(self):
        chosen = self.cleaned_data["option"]
        if self.poll.max_choices == 1:
            if len(self.data.getlist("option")) > 1:
                raise forms.ValidationError(_("Please choose one answer only."))
            return [chosen]
        if len(chosen) != len(self.data.getlist("option")):
            raise forms.ValidationError(_("Please choose each answer only once."))
        if len(chosen) > (most := self.poll.max_choices):
            raise forms.ValidationError(
                ngettext("Please choose at most %(n)d answer.", "Please choose at most %(n)d answers.", most)
                % {"n": most}
            )
        return list(chosen)


class _Prose(forms.CharField):
    def to_python(self, value):
        return text.nfc(super().to_python(value))  # before the length is looked at: some letters become two


class WishForm(forms.Form):
    text = _Prose(
        label=_("What did you look for and not find?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 500}),
        error_messages={"required": _("Please write what you missed, or leave this question out.")},
    )
