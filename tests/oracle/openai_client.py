"""OpenAI's own client against a server: ``python openai_client.py URL KEY PICTURE``. Prints what it understood as JSON.

Pictures and chat: one client speaks to both contract servers. ``URL`` is that of the one ``PICTURE`` is for: a file for
the image server, ``-`` for the chat server.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

import openai

URL, KEY, PICTURE = sys.argv[1:]
CLIENT = openai.OpenAI(api_key=KEY, base_url=f"{URL}/v1", max_retries=0)
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}


def refused(call: Any) -> dict[str, Any]:
    try:
        call()
    except openai.APIStatusError as error:
        return {"kind": type(error).__name__, "status": error.status_code, "code": error.code, "said": error.message}
    return {}


def made(answer: Any) -> dict[str, Any]:
    return {
        "size": len(base64.b64decode(answer.data[0].b64_json)),
        "url": answer.data[0].url,
        "format": answer.output_format,
        "pixels": answer.size,
        "tokens": [
            answer.usage.input_tokens_details.text_tokens,
            answer.usage.input_tokens_details.image_tokens,
            answer.usage.output_tokens,
        ],
    }


def pictures() -> dict[str, Any]:
    def generate() -> Any:
        return CLIENT.images.generate(
            model="gpt-image-2", prompt="a kettle", n=1, size="1280x720", output_format="png", quality="auto"
        )

    first = made(generate())
    with open(PICTURE, "rb") as one, open(PICTURE, "rb") as other:
        edit = CLIENT.images.edit(model="gpt-image-2", prompt="a red kite", image=[one, other], n=1, size="720x720")
    return {
        "generated": first,
        "edited": made(edit),
        "blocked": refused(generate),
        "full": refused(generate),
        "busy": refused(generate),
    }


def chat() -> dict[str, Any]:
    def ask() -> Any:
        return CLIENT.chat.completions.create(
            model="tiny",
            messages=[{"role": "system", "content": "Answer as JSON."}, {"role": "user", "content": "a kettle"}],
            response_format={"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": SCHEMA}},
        )

    answer = ask()
    return {
        "models": [one.id for one in CLIENT.models.list()],
        "text": answer.choices[0].message.content,
        "finish": answer.choices[0].finish_reason,
        "model": answer.model,
        "tokens": [answer.usage.prompt_tokens, answer.usage.completion_tokens],
        "held_back": ask().choices[0].finish_reason,
        "wrong_key": refused(ask),
    }


print(json.dumps({"version": openai.__version__, "said": chat() if PICTURE == "-" else pictures()}))
