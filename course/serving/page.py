"""The API on one page of plain HTML, made from its OpenAPI document: nothing is loaded from elsewhere."""

import html
import json

MEDIA = {".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/quicktime", ".mkv": "video/x-matroska",
         ".webm": "video/webm", ".wav": "audio/wav", ".gif": "image/gif"}
STYLE = ("body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}"
         "code,pre{font:13px/1.5 ui-monospace,monospace}pre{background:#f4f4f4;padding:.8rem;overflow:auto}"
         "summary{cursor:pointer;padding:.3rem 0}b{display:inline-block;min-width:4.5rem}")


def page(document: dict) -> str:
    """The page of an OpenAPI document."""
    parts = [f"<!doctype html><html lang=en><meta charset=utf-8><title>{_text(document['info']['title'])}</title>"
             f"<style>{STYLE}</style><h1>{_text(document['info']['title'])}</h1>"
             f"<p>{_text(document['info']['description'])}</p>"
             "<p>The same for programs: <a href=/openapi.json>openapi.json</a></p>"]
    for path, operations in document["paths"].items():
        parts += [_operation(path, method, operation) for method, operation in operations.items()]
    parts.append("<h2>Schemas</h2>")
    for name, schema in document["components"]["schemas"].items():
        parts.append(f"<details id='{_text(name)}'><summary><code>{_text(name)}</code> "
                     f"{_text(schema.get('description', ''))}</summary><pre>{_json(schema)}</pre></details>")
    return "".join(parts)


def _operation(path: str, method: str, operation: dict) -> str:
    codes = ", ".join(f"{code} {answer['description']}" for code, answer in operation["responses"].items())
    parts = [f"<details><summary><b>{_text(method.upper())}</b> <code>{_text(path)}</code> "
             f"{_text(operation.get('description', ''))}</summary>"]
    if operation.get("parameters"):
        parts.append(f"<pre>{_json(operation['parameters'])}</pre>")
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(f"<p>Send <code>{_text(kind)}</code>:</p><pre>{_json(content['schema'])}</pre>")
    return "".join(parts) + f"<p>Answers: {_text(codes)}</p></details>"


def _text(words) -> str:
    return html.escape(str(words))


def _json(thing) -> str:
    return html.escape(json.dumps(thing, indent=2, ensure_ascii=False))
