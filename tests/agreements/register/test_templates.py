"""The template catalogue as a person reads it."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements.models import TemplateVersion

OFFICIAL = ("hunan-2020", "wuzhong-2022", "shaoxing-2024-consortium", "shaoxing-2024-home-sickbed")


@pytest.fixture
def reader(client: Client, nobodys_user: User) -> Client:
    client.force_login(nobodys_user)
    return client


def test_the_list_marks_official_and_platform_drafted(reader: Client, published: dict[str, TemplateVersion]) -> None:
    page = reader.get(reverse("template-list")).content.decode()
    assert page.count("官方文本 ·") == 4
    assert page.count("平台拟稿，不是官方文本") == 3


def test_an_empty_catalogue_says_whom_to_ask(reader: Client) -> None:
    assert "请联系平台管理员" in reader.get(reverse("template-list")).content.decode()


@pytest.mark.parametrize("slug", OFFICIAL)
def test_an_official_text_names_its_source(reader: Client, published: dict[str, TemplateVersion], slug: str) -> None:
    page = reader.get(reverse("template-detail", args=[slug])).content.decode()
    assert published[slug].parsed.source.notice in page
    assert "官方文本 ·" in page
    assert "由平台按文件的要求拟写" not in page


@pytest.mark.parametrize("slug", ["taihe-2021", "zhengzhou-2021"])
def test_a_platform_text_never_claims_to_be_official(
    reader: Client, published: dict[str, TemplateVersion], slug: str
) -> None:
    page = reader.get(reverse("template-detail", args=[slug])).content.decode()
    assert "平台拟稿，不是官方文本" in page
    assert "由平台按文件的要求拟写" in page
    assert "官方文本 ·" not in page


def test_oddities_are_explained_beside_the_text(reader: Client, published: dict[str, TemplateVersion]) -> None:
    page = reader.get(reverse("template-detail", args=["hunan-2020"])).content.decode()
    [block] = [block for block in published["hunan-2020"].parsed.blocks if "编号重复" in "".join(block.notes)]
    assert f'href="#line-{block.id}"' in page
    assert f'id="line-{block.id}"' in page


def test_versions_are_kept_and_unknown_ones_are_404(reader: Client, published: dict[str, TemplateVersion]) -> None:
    old = published["hunan-2020"]
    TemplateVersion.objects.create(
        template=old.template,
        number=2,
        title="新版",
        is_official=True,
        body={**old.body, "title": "新版"},
        digest="b" * 64,
    )
    url = reverse("template-detail", args=["hunan-2020"])
    assert reader.get(url).context["version"].number == 2
    assert reader.get(url, {"version": "1"}).context["version"] == old
    assert reader.get(url, {"version": "3"}).status_code == 404
    assert reader.get(reverse("template-detail", args=["no-such"])).status_code == 404
