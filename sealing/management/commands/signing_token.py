"""Keys in tokens of PKCS#11 on this server, at the console: what there is, and whose a key is to be."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from cryptography import x509
from django.core.management.base import BaseCommand, CommandError

from sealing import tokens
from sealing.lifecycle import ACTIVATE
from sealing.models import SigningIdentity
from sealing.pades.modules import Place, TokenFault, held
from verbs.errors import Unacceptable, WrongState

NONE = "没有设置 PKCS11_MODULES：不使用密码设备。"


class Command(BaseCommand):
    help = "服务器上的密码设备（PKCS#11）：list 查看密钥和等待启用的申请，attach 把一把密钥登记给一份申请"

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="每个模块里的密码设备、密钥、证书，和等待启用的申请；不要 PIN 码")
        attach = acts.add_parser("attach", help="登记以后，由签约人本人输入设备的 PIN 码启用")
        attach.add_argument("identity", type=int, help="申请的序号，见 list")
        attach.add_argument("label", help="密码设备的标签")
        attach.add_argument("key", help="密钥编号，十六进制")
        attach.add_argument("--module", help="PKCS#11 模块；只设置了一个的不用写")
        attach.add_argument("--certificate", type=Path, help="证书文件（PEM，可带上级证书），设备里没有证书时用")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "list":
            self._list()
        else:
            self._attach(options)

    def _list(self) -> None:
        for module in tokens.modules() or [""]:
            self.stdout.write(module or NONE)
            try:
                found = held(module) if module else []
            except TokenFault as fault:
                self.stdout.write(f"  {fault}")
                continue
            for each in found:
                own = each.certificate
                said = own.subject.rfc4514_string() if own else "没有证书"
                self.stdout.write(f"  {each.place.label}  密钥 {each.place.key}  {said}")
        waiting = SigningIdentity.objects.with_facts().filter(state__in=ACTIVATE.sources).order_by("pk")
        for row in waiting:
            self.stdout.write(
                f"等待启用：{row.pk}  {row.person.full_name}  {row.institution}  {row.get_level_display()}"
            )

    def _attach(self, options: dict[str, Any]) -> None:
        module = options["module"] or next(iter(tokens.modules()), "")
        if not module:
            raise CommandError(NONE)
        try:
            row = SigningIdentity.objects.get(pk=options["identity"])
            first, *others = _read(options["certificate"])
            place = Place(module, options["label"], options["key"].lower())
            kept = tokens.attach(row, place, certificate=first, others=others)
        except SigningIdentity.DoesNotExist:
            raise CommandError("没有这份申请，请用 list 查看序号。") from None
        except (TokenFault, Unacceptable, WrongState) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"已登记，证书序列号 {kept.serial}。请签约人在自己的证书页面输入密码设备的 PIN 码启用。")


def _read(file: Path | None) -> list[Any]:
    """Return the certificates of a file, the person's first; None first without a file. Raises CommandError."""
    if file is None:
        return [None]
    try:
        return [*x509.load_pem_x509_certificates(file.read_bytes())]
    except (OSError, ValueError) as fault:
        raise CommandError(f"证书文件读不出来：{fault}") from None
