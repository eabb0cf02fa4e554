"""The platform's certification authority at the console: set up, look at, make a list, put by, renew."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from chinese.dates import cn_day
from sealing.authority import files, issuing, keeping
from sealing.authority.files import AuthorityClosed
from sealing.keys.pepper import PepperGone
from sealing.models import Certificate


class Command(BaseCommand):
    help = "签约证书机构：init 建立（已有的不动），status 查看，crl 更新吊销清单，backup 备份，renew 换发证书"

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("init", help="建立密钥、证书和第一份吊销清单；已有的不动")
        acts.add_parser("status", help="证书、有效期、已签发和已吊销的数量、吊销清单")
        acts.add_parser("crl", help="立即更新吊销清单；给出文件名时另存一份")
        acts.choices["crl"].add_argument("file", nargs="?", type=Path)
        acts.add_parser("backup", help="把密钥、证书和签名密码的服务器密钥复制到一个空文件夹")
        acts.choices["backup"].add_argument("folder", type=Path)
        acts.add_parser("renew", help="同一密钥换发新的证书，原证书保留")

    def handle(self, *args: Any, **options: Any) -> None:
        acts = {"init": self._init, "status": self._status, "renew": self._renew}
        try:
            if options["act"] == "crl":
                self._list(options["file"])
            elif options["act"] == "backup":
                self._backup(options["folder"])
            else:
                acts[options["act"]]()
        except (AuthorityClosed, PepperGone) as closed:
            # The start goes on: agreements are signed on paper meanwhile.
            if options["act"] == "init":
                self.stderr.write(f"电子签约暂不开放：{closed}。")
                return
            raise CommandError(f"{closed}。") from closed

    def _init(self) -> None:
        for each in keeping.set_up():
            self.stdout.write(f"已建立：{each}。")

    def _status(self) -> None:
        for number, certificate in enumerate(files.certificates()):
            ends = cn_day(timezone.localdate(certificate.not_valid_after_utc))
            self.stdout.write(f"{'从前的' if number else ''}证书：{certificate.subject.rfc4514_string()}")
            self.stdout.write(f"  有效期至{ends}，指纹 {keeping.fingerprint(certificate)}")
        ours = Certificate.objects.ours()
        self.stdout.write(f"已签发 {ours.count()} 张，已吊销 {ours.revoked().count()} 张。")
        newest = issuing.newest_list()
        if newest is not None:
            self.stdout.write(f"吊销清单第 {newest.number} 份，下次更新不晚于{_moment(newest.next_update)}。")
        if reason := files.why_closed():
            raise AuthorityClosed(reason)

    def _list(self, file: Path | None) -> None:
        made = issuing.publish()
        if file is not None:
            file.write_bytes(bytes(made.content))
        self.stdout.write(f"已更新吊销清单，第 {made.number} 份，下次更新不晚于{_moment(made.next_update)}。")

    def _backup(self, folder: Path) -> None:
        try:
            copies = keeping.put_by(folder)
        except FileExistsError:
            raise CommandError(f"{folder} 不是空文件夹，没有备份。") from None
        for copy in copies:
            self.stdout.write(str(copy))
        self.stdout.write("请把这个文件夹加密后离线保存，并删除这里的一份：得到它的人可以签发证书。")

    def _renew(self) -> None:
        made = keeping.renew()
        self.stdout.write(f"已换发，有效期至{cn_day(timezone.localdate(made.not_valid_after_utc))}。")


def _moment(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
