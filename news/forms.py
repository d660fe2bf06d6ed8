"""The article as staff edit it."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from news.models import Picture
from portal.lib import html, images


class PictureSelect(forms.Select):
    """The chosen picture and the newest ones; `js/pictures.js` makes of it a button to the whole library."""

    NEWEST = 60

    def optgroups(self, name, value, attrs=None):
        chosen = Picture.objects.filter(pk__in=[pk for pk in value if re.fullmatch("[0-9]{1,18}", str(pk))])
        rows = {picture.pk: picture for picture in (*chosen, *Picture.objects.shown()[: self.NEWEST])}
        self.choices = [("", _("no picture")), *((pk, str(picture)) for pk, picture in rows.items())]
        self.sources = {str(pk): picture.small_url for pk, picture in rows.items()}
        return super().optgroups(name, value, attrs)

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if source := self.sources.get(str(value)):
            option["attrs"]["data-src"] = source
        return option


class ArticleForm(forms.ModelForm):
    class Meta:
        widgets = {"cover": PictureSelect(attrs={"data-pictures": ""})}

    def clean_body(self):
        body = self.cleaned_data["body"]
        shown = html.library_images(body)
        lost = len(shown) - Picture.objects.filter(name__in=shown).count()
        if lost:
            raise forms.ValidationError(_("A picture in the text is not in the library. Insert it again by “Picture”."))
        return body

    def clean(self):
        cleaned = super().clean()
        if self.instance.replaces_id and "published_at" in cleaned and not cleaned["published_at"]:
            self.add_error("published_at", _("A published article has a publication time. To hide it, withdraw it."))
        return cleaned


class DescriptionForm(forms.ModelForm):
    """What is said of a picture of the library."""

    class Meta:
        model = Picture
        fields = ["alt", "is_decorative", "caption", "credit", "focal_x", "focal_y"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"focal_x", "focal_y"} & set(self.fields):
            self.fields[name].required = False

    def clean(self):
        cleaned = super().clean()
        for name in ("focal_x", "focal_y"):
            if cleaned.get(name, 0) is None:
                cleaned[name] = 50
        if "alt" in cleaned:  # one that was not sent is empty, not as before
            self.instance.alt = cleaned["alt"]
        return cleaned


class UploadForm(DescriptionForm):
    """A new picture and what is said of it. `cleaned_data["upload"]` are its pixels."""

    upload = forms.FileField(label=_("picture file"), help_text=_("JPEG, PNG, WebP or GIF, at most 10 MB"))
    field_order = ["upload"]

    def clean_upload(self):
        try:
            return images.read(self.cleaned_data["upload"])
        except ValueError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
