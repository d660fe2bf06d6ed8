"""The hotline directory."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from hotlines.models import Office


@require_safe
def directory(request):
    return render(request, "hotlines/directory.html", {"offices": Office.objects.public().with_hotlines()})
