"""核验从颐养签约导出的日志，不需要联网，也不需要平台。

用法：  python3 verify_log.pyz 导出包 [选项]

导出包        平台导出的 zip 文件，或解压后的文件夹，或单独的 entries.jsonl
选项：
  --anchors 文件           另给的锚文件（anchors.json，或在锚页面下载的单个锚）
  --kept 文件              以前留存的锚文件：与本次导出的逐个比对，可重复给出
  --public-key 文件        平台公钥（PEM），应取自以前留存的副本，可重复给出
  --tsa-certificate 文件   时间戳机构的证书（PEM）
  --help                   显示本说明

逐条核对：每条记录的内容与其哈希相符，每条链从头到尾相接，每条横链（不论对象、按写入先后）也相接，
每小时的锚包含其间各链和各横链的末端，锚与锚相接，平台签名有效，时间戳与锚相符。
一切相符时退出码为 0，发现改动为 1，无法读取为 2。
只需 Python 3.11 以上和 cryptography 库。
"""

import argparse
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from cryptography import x509

from .anchors import check_anchors, check_kept
from .chains import check_chains, check_strands
from .exports import ANCHORS, PUBLIC_KEY, Export, Links, leaves_of, public_key_of, read_anchors
from .rules import Damaged, Finding, Tally


class Options(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Damaged("命令写法有误，用 --help 查看说明")


def verify(options: argparse.Namespace, tally: Tally) -> Iterator[Finding]:
    """Check everything the options name. Raises Damaged, OSError or zipfile.BadZipFile for what cannot be read."""
    export = Export(options.export)
    text = options.anchors.read_bytes() if options.anchors else export.read(ANCHORS)
    anchors = read_anchors(text, ANCHORS) if text is not None else []
    keys = [path.read_bytes() for path in options.public_key]
    inside = export.read(PUBLIC_KEY)
    if not keys and inside:
        tally.notes.append(
            "平台公钥取自导出包本身；请用以前留存的公钥（--public-key）再核一次，才能排除连密钥一起伪造。"
        )
    trusted = {public_key_of(key) for key in keys or [inside] if key}
    authorities = [
        one for path in options.tsa_certificate for one in x509.load_pem_x509_certificates(path.read_bytes())
    ]
    if not anchors:
        tally.notes.append("没有锚：只核对了各条记录是否前后相接，整链重算的改动无法发现。")
    complete = bool(anchors) and anchors[0]["number"] == 1
    links = Links()
    yield from check_chains(links.noting(export.entries()), leaves_of(anchors), tally, complete=complete)
    yield from check_strands(links.in_order(), leaves_of(anchors, of_strands=True), complete=complete)
    yield from check_anchors(anchors, tally, trusted=trusted, authorities=authorities)
    for path in options.kept:
        yield from check_kept(read_anchors(path.read_bytes(), str(path)), anchors, tally)
    if tally.stamped and not authorities:
        tally.notes.append("没有给出时间戳机构的证书（--tsa-certificate）：时间戳只核对了与锚相符，未核对签发者身份。")


def summary(tally: Tally) -> Iterator[str]:
    """Say in Chinese what was looked at and what it cannot tell."""
    made = f"（{tally.made[0]} 至 {tally.made[-1]}）" if tally.made else ""
    yield f"核对了 {tally.entries} 条记录、{tally.chains} 条链。"
    yield f"核对了 {tally.anchors} 个锚{made}，其中 {tally.stamped} 个有时间戳。"
    if tally.loose:
        since = f"（{tally.made[-1]}）" if tally.made else ""
        yield (
            f"注意：有 {tally.loose} 条记录在最后一个锚{since}之后，尚未锚定。"
            "只有把此后所有的链和横链一并重算，或从各横链的末尾起一并删去，其改动和缺失现在才无法发现。"
        )
    yield from (f"注意：{note}" for note in tally.notes)


def main(arguments: Sequence[str]) -> int:
    options = Options(add_help=False)
    options.add_argument("export", type=Path)
    options.add_argument("--anchors", type=Path)
    for name in ("--kept", "--public-key", "--tsa-certificate"):
        options.add_argument(name, type=Path, action="append", default=[])
    if "--help" in arguments:
        print(__doc__)
        return 0
    tally, found = Tally(), 0
    try:
        for finding in verify(options.parse_args(arguments), tally):
            found += 1
            print(f"✗ {finding.where}：{finding.what}")
    except (Damaged, OSError, ValueError, zipfile.BadZipFile, zlib.error) as fault:
        print(f"✗ 无法核验：{fault}")
        return 2
    print(*summary(tally), sep="\n")
    print(f"结论：发现 {found} 处改动。" if found else "结论：未发现改动。")
    return 1 if found else 0
