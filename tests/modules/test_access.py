"""Who sees a module, who may change it, and what its link opens."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser

from modules.models import Module

from .factories import make_module, make_user

pytestmark = pytest.mark.django_db


def test_private_modules_are_seen_by_their_owner_and_staff_alone(django_user_model):
    ann, ben = (django_user_model.objects.create(username=name) for name in ("ann", "ben"))
    staff = django_user_model.objects.create(username="root", is_staff=True)
    module = make_module(ann)
    seen = Module.objects.visible_to
    assert [user.username for user in (ann, ben, staff) if seen(user).exists()] == ["ann", "root"]
    Module.objects.update(visibility="signed_in")
    assert seen(ben).exists()
    Module.objects.update(visibility="link")
    assert not seen(ben).exists()
    assert seen(ben, (module.link_key,)).exists()
    assert not seen(ben, (uuid.uuid4().hex,)).exists()


def test_an_unguessable_key_opens_only_what_is_shared_by_link():
    module = make_module(visibility="private")
    stranger = make_user("stranger")
    assert not Module.objects.visible_to(stranger, (module.link_key,)).exists()


def test_a_link_that_is_on_stays_the_same_when_it_is_switched_on_again():
    module = make_module(visibility="link")
    assert Module.objects.share(module.pk, "link")
    assert Module.objects.get().link_key == module.link_key
    assert Module.objects.share(module.pk, "private")
    assert Module.objects.get().link_key != module.link_key


def test_a_stranger_may_change_nothing():
    make_module()
    assert list(Module.objects.editable_by(AnonymousUser())) == []


def test_a_modules_address_is_its_training_page():
    module = make_module()
    assert module.get_absolute_url() == f"/modules/{module.pk}/"
