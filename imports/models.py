"""Imports of institutions by officials: the uploaded sheet, what its rows say, and what was decided about them."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from institutions.models.authority import Authority
from institutions.models.duty import OF_AUTHORITIES
from institutions.models.institution import Institution, Role
from institutions.models.remit import authorities_of


class InstitutionImportQuerySet(models.QuerySet["InstitutionImport"]):
    def visible_to(self, user: User) -> Self:
        """Return the imports of the authorities that the user acts for; a supervisor's are for reading."""
        return self.filter(authority__in=authorities_of(user, *OF_AUTHORITIES))

    def with_people(self) -> Self:
        return self.select_related("authority__region", "uploaded_by", "confirmed_by", "ordered_by", "same_as")


class InstitutionImport(models.Model):
    """One uploaded sheet on its way into the register. The row says where it stands; the broker only rings."""

    class State(models.TextChoices):
        RECEIVED = "received", "等待打开"
        OPENING = "opening", "正在打开"
        REFUSED = "refused", "没有收下"
        UNREAD = "unread", "没能打开"
        MAPPING = "mapping", "待确认各列"
        WAITING = "waiting", "等待核对"
        CHECKING = "checking", "正在核对"
        CHECKED = "checked", "核对完毕"
        ORDERED = "ordered", "等待导入"
        WRITING = "writing", "正在导入"
        DONE = "done", "已导入"
        FAILED = "failed", "没有导入"
        ABANDONED = "abandoned", "已放弃"

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="imports", verbose_name="主管部门")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    file = models.FileField("表格", max_length=200)
    file_name = models.CharField("原文件名", max_length=200)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("SHA-256", max_length=64)
    # The earliest import of the same authority whose file has the very same bytes.
    same_as = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    # For each sheet of the file: name, role, heading row, headings, samples and the field of each column.
    sheets = models.JSONField("各列", default=list)
    # The names of sheets that are hidden in the file: nobody sees them, and none of them is read.
    hidden_sheets = models.JSONField("隐藏的工作表", default=list)
    state = models.CharField("状态", max_length=20, choices=State, default=State.RECEIVED)
    state_since = models.DateTimeField("状态起始", auto_now_add=True)
    # Who claims a run notes when; only that run may go on and end it.
    started_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="how often it was taken up to be opened")
    row_count = models.PositiveIntegerField("行数", default=0)
    rows_checked = models.PositiveIntegerField("已核对行数", default=0)
    tally = models.JSONField("各类行数", default=dict)
    marked = models.FileField("标注表格", max_length=200, blank=True)
    failure = models.TextField("没有导入的原因", blank=True)
    checked_at = models.DateTimeField("核对时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    # Who asked for the check or the writing that is under way or was the last, and from where (audit.origin).
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    origin = models.JSONField(default=dict, blank=True)
    done_at = models.DateTimeField("导入时间", null=True, blank=True)
    rows_dropped_at = models.DateTimeField("清除逐行数据时间", null=True, blank=True)

    objects = InstitutionImportQuerySet.as_manager()

    if TYPE_CHECKING:
        authority_id: int
        uploaded_by_id: int
        confirmed_by_id: int | None
        ordered_by_id: int | None
        same_as_id: int | None

    class Meta:
        verbose_name = "机构导入"
        ordering = ["-id"]
        indexes = [models.Index(fields=["authority", "-id"], name="import_of_authority")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="refused", file="") | ~Q(state="refused") & ~Q(file=""),
                name="import_keeps_its_file_unless_refused",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("refused", "unread", "failed")) | ~Q(failure=""),
                name="import_says_why_it_did_not_go_on",
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | ~Q(state="done") & Q(done_at=None),
                name="import_done_at_exactly_when_done",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("ordered", "writing", "done")) | Q(confirmed_by__isnull=False),
                name="import_is_confirmed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_read(self) -> bool:
        """Whether a cell has read it: what nobody knows the inside of is given out to nobody, whatever became of it."""
        return bool(self.sheets)


class ImportRow(models.Model):
    """One row of the sheet as it was understood, and what becomes of it. Dropped some time after the import."""

    class Outcome(models.TextChoices):
        """What the check found."""

        WRONG = "wrong", "有错误"
        NEW = "new", "可新增"
        CHANGED = "changed", "有变化"
        DOUBTFUL = "doubtful", "需决定"
        UNCHANGED = "unchanged", "无变化"

    class Decision(models.TextChoices):
        OPEN = "", "未决定"
        UPDATE = "update", "更新已登记的这家"
        ADD = "add", "作为新机构登记"
        SKIP = "skip", "跳过"

    run = models.ForeignKey(InstitutionImport, models.CASCADE, related_name="rows")
    sheet = models.PositiveSmallIntegerField("第几张表")
    number = models.PositiveIntegerField("行号")
    role = models.CharField("类别", max_length=10, choices=Role)
    name = models.CharField("机构名称", max_length=100, blank=True)
    outcome = models.CharField("核对结果", max_length=10, choices=Outcome)
    values = models.JSONField("内容", default=dict)  # field → value; what the sheet leaves blank is not in it
    problems = models.JSONField("问题", default=list)  # [column from 0, error | warning | note, sentence]
    is_warned = models.BooleanField("有提醒", default=False)
    # The registered institution that this row is, or might be; later the one that it became.
    institution = models.ForeignKey(Institution, models.SET_NULL, null=True, blank=True, related_name="+")
    changes = models.JSONField("变化", default=dict)  # field → [old, new]
    decision = models.CharField("决定", max_length=10, choices=Decision, blank=True, default=Decision.OPEN)

    if TYPE_CHECKING:
        run_id: int
        institution_id: int | None

    class Meta:
        verbose_name = "导入行"
        ordering = ["id"]
        indexes = [models.Index(fields=["run", "outcome", "decision", "id"], name="import_row_outcome")]
        constraints = [models.UniqueConstraint(fields=["run", "sheet", "number"], name="import_row_once")]

    def __str__(self) -> str:
        return f"第 {self.number} 行 {self.name}"


class RememberedColumns(models.Model):
    """Which column an authority's officials said means what, found again by the headings of a sheet."""

    authority = models.ForeignKey(Authority, models.CASCADE, related_name="+")
    headings_digest = models.CharField("表头摘要", max_length=64)  # of the sorted headings
    role = models.CharField("类别", max_length=10, choices=Role, blank=True)  # "": the sheet is left out
    columns = models.JSONField("各列", default=dict)  # heading (headings.keys_of) → field
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = "记住的列"
        constraints = [models.UniqueConstraint(fields=["authority", "headings_digest"], name="columns_remembered_once")]

    def __str__(self) -> str:
        return f"{self.authority} {self.headings_digest[:8]}"
