"""What a JSON schema finds wrong in a data file, in Chinese, each with the right form.

The right form stands in the schema itself: `examples` beside a pattern or a field that may be missing.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from jsonschema.exceptions import ValidationError

TYPE_NAMES = {
    "string": "文字",
    "integer": "整数",
    "number": "数字",
    "boolean": "true 或 false",
    "array": "列表",
    "object": "键值表",
    "null": "空",
}
LONGEST_SHOWN = 40
LENIENT = 0.6  # how alike two words are for one to be taken for the other mistyped
Schema = Mapping[str, Any]


class Mistake(NamedTuple):
    path: tuple[str | int, ...]
    message: str
    at_key: bool = False


def mistakes(errors: Iterable[ValidationError], root: Schema) -> Iterator[Mistake]:
    """Yield every mistake with its path and what to write instead."""
    for error in _leaves(errors):
        path = tuple(error.absolute_path)
        if _is_braces_bare(error.instance):
            yield Mistake(path, _quoted(error.instance))
            continue
        if error.validator == "additionalProperties":
            yield from _unknown(path, error)
            continue
        where = ".".join(str(step) for step in path)
        message = _message(error, root)
        yield Mistake(path, f"“{where}”{message}" if where else message, at_key=error.validator == "required")


def _leaves(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """Yield the mistakes themselves: of the branches of anyOf/oneOf, those of the branch that came nearest."""
    for error in errors:
        if not error.context:
            yield error
            continue
        branches: dict[object, list[ValidationError]] = {}
        for child in error.context:
            branches.setdefault(child.schema_path[0], []).append(child)
        nearest: list[ValidationError] = min(branches.values(), key=_distance)
        yield from _leaves(nearest)


def _distance(branch: list[ValidationError]) -> tuple[int, int]:
    """A branch of another type or kind is further away than one with some wrong part."""
    return sum(error.validator in {"type", "const"} for error in branch), len(branch)


def _unknown(path: tuple[str | int, ...], error: ValidationError) -> Iterator[Mistake]:
    schema: Any = error.schema
    content: Any = error.instance
    known = list(schema.get("properties", {}))
    for key in content:
        if key not in known:
            free = [name for name in known if name not in content]
            yield Mistake((*path, key), f"不认识的字段“{key}”，{_meant(str(key), free)}", at_key=True)


def _meant(word: str, known: Sequence[str]) -> str:
    """Return what was probably meant, or everything that can stand there."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=LENIENT)
    if near:
        return f"是不是“{near[0]}”？"
    return f"请删去；这里还可以写：{'、'.join(known)}" if known else "请删去"


def _message(error: ValidationError, root: Schema) -> str:
    schema: Any = error.schema
    value, limit = error.instance, error.validator_value
    say = SAY.get(str(error.validator))
    return say(value, limit, schema, root) if say else f"不符合规定（{limit}）"


def _required(value: Any, limit: Any, schema: Schema, root: Schema) -> str:
    lines = [f"{key}: {_sample(schema.get('properties', {}).get(key, {}), root)}" for key in limit if key not in value]
    names = "、".join(f"“{line.partition(':')[0]}”" for line in lines)
    return f"缺少{names}：请加上，写成 {'；'.join(line.strip() for line in lines)} 这样"


def _sample(schema: Any, root: Schema) -> str:
    """Return what could stand in a field, as a file has it."""
    schema = _resolved(schema, root)
    if "examples" in schema:
        return _as_written(schema["examples"][0])
    if "enum" in schema:
        return str(schema["enum"][0])
    return {"integer": "1", "boolean": "true", "array": "[…]", "object": "{…}"}.get(str(schema.get("type")), "…")


def _resolved(schema: Any, root: Schema) -> Schema:
    """Follow a reference to the schema's own definitions."""
    if not isinstance(schema, dict):
        return {}
    reference = schema.get("$ref", "")
    return root["$defs"][reference.rpartition("/")[2]] if reference else schema


def _as_written(value: Any) -> str:
    """Return a text as a file has it: digits alone, nothing, and what begins with a brace need quotes."""
    text = str(value)
    return f'"{text}"' if text == "" or text.isdigit() or text.startswith(("{", "[")) else text


def _type(value: Any, limit: Any, schema: Schema, root: Schema) -> str:
    kinds = [limit] if isinstance(limit, str) else limit
    said = f"应当是{'或'.join(TYPE_NAMES[kind] for kind in kinds)}，现在是“{_shown(value)}”"
    return said + _cure(value, kinds, _resolved(schema, root))


def _cure(value: Any, kinds: Sequence[str], schema: Schema) -> str:
    if kinds == ["string"]:
        if isinstance(value, bool | int | float):
            return f'：请加引号，写成 "{_shown(value)}" 这样'
        return f"：写成 {_as_written(schema['examples'][0])} 这样" if "examples" in schema else ""
    samples = {
        "integer": "只写数字，不加引号和单位，写成 3 这样",
        "boolean": "写成 true 或 false，不加引号",
        "array": "每项一行，以“- ”开头",
        "object": "另起一行缩进，每行写成“字段: 值”",
    }
    return "".join(f"：{samples[kind]}" for kind in kinds[:1] if kind in samples)


def _is_braces_bare(value: Any) -> bool:
    """Whether a text that begins with a brace was written without quotes: YAML takes {name} for a table."""
    return isinstance(value, dict) and len(value) == 1 and None in value.values()


def _quoted(value: Any) -> str:
    return f'以“{{”开头的文字要加引号：写成 "{{{next(iter(value))}}}" 这样'


def _pattern(value: Any, limit: Any, schema: Schema, root: Schema) -> str:
    examples = [example for example in schema.get("examples", ()) if example]
    form = f"。写成 {_as_written(examples[0])} 这样" if examples else ""
    remark = f"（{schema['description']}）" if "description" in schema else ""
    return f"写法不对：“{_shown(value)}”{form}{remark}"


def _enum(value: Any, limit: Any, schema: Schema, root: Schema) -> str:
    words = [str(word) for word in limit]
    near = difflib.get_close_matches(str(value), words, n=1, cutoff=LENIENT)
    meant = f"。是不是“{near[0]}”？" if near else ""
    return f"只能是{_listed(words)}，现在是“{_shown(value)}”{meant}"


def _too_few(value: Any, limit: Any, schema: Schema, root: Schema) -> str:
    return f"太少：至少要 {limit} 个，现在有 {len(value)} 个，请补上" if limit > 1 else "不能为空，请填写"


def _twice(value: Any, limit: Any, schema: Schema, root: Schema) -> str:
    doubled = [item for index, item in enumerate(value) if item in value[:index]]
    return f"有重复的项：“{_shown(doubled[0])}”，请删去一个"


SAY = {
    "required": _required,
    "type": _type,
    "pattern": _pattern,
    "enum": _enum,
    "minLength": _too_few,
    "minItems": _too_few,
    "minProperties": _too_few,
    "uniqueItems": _twice,
    "const": lambda value, limit, *_: f"只能是“{_shown(limit)}”，现在是“{_shown(value)}”",
    "minimum": lambda value, limit, *_: f"太小：{value}（最小 {limit}），请改成 {limit} 或更大的数",
    "maximum": lambda value, limit, *_: f"太大：{value}（最大 {limit}），请改成 {limit} 或更小的数",
    "maxLength": lambda value, limit, *_: f"太长：最多 {limit} 个字，现在有 {len(value)} 个，请缩短",
    "maxItems": lambda value, limit, *_: f"太多：最多 {limit} 项，现在有 {len(value)} 项，请删减",
    "maxProperties": lambda value, limit, *_: f"太多：最多写 {limit} 个字段，请删减",
}


def _shown(value: Any) -> str:
    text = "（空）" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _listed(words: Sequence[object]) -> str:
    return "、".join(f"“{word}”" for word in words)
