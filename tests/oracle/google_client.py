"""Google's own client against a server: ``python google_client.py URL KEY CLIP``. Prints what it understood as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

from google import genai
from google.genai import errors, types

URL, KEY, CLIP = sys.argv[1:]
CLIENT = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=URL))
MODEL = "gemini-omni-1.2-flash"


def picture() -> dict[str, Any]:
    answer = CLIENT.models.generate_content(
        model="gemini-3.1-flash-image",
        contents="a kettle",
        config=types.GenerateContentConfig(
            response_modalities=["IMAGE"], image_config=types.ImageConfig(aspect_ratio="16:9", image_size="1K")
        ),
    )
    parts = [part for part in answer.candidates[0].content.parts if part.inline_data and not part.thought]
    return {
        "mime": parts[0].inline_data.mime_type,
        "size": len(parts[0].inline_data.data),
        "model": answer.model_version,
        "finish": answer.candidates[0].finish_reason.value,
    }


def blocked() -> dict[str, Any]:
    answer = CLIENT.models.generate_content(model="gemini-3.1-flash-image", contents="a kettle")
    return {"reason": answer.prompt_feedback.block_reason.value, "candidates": answer.candidates}


def video() -> dict[str, Any]:
    file = CLIENT.files.upload(file=CLIP)
    first = file.state.value
    file = CLIENT.files.get(name=file.name)
    begun = CLIENT.interactions.create(
        model=MODEL,
        input=[{"type": "text", "text": "rain"}, {"type": "video", "uri": file.uri, "mime_type": "video/mp4"}],
        background=True,
        generation_config={"video_config": {"task": "edit"}},
        response_format={"type": "video", "delivery": "uri", "duration": "4s", "aspect_ratio": "16:9"},
    )
    states = [begun.status]
    while states[-1] in ("queued", "in_progress") and len(states) < 9:
        found = CLIENT.interactions.get(begun.id)
        states.append(found.status)
    content = found.steps[-1].content[0]
    return {
        "id": begun.id,
        "states": states,
        "type": content.type,
        "uri": content.uri,
        "file": [first, file.state.value],
        "convenience": found.output_video.uri if found.output_video else None,
    }


def cancelled() -> str:
    begun = CLIENT.interactions.create(
        model=MODEL, input=[{"type": "text", "text": "x"}], background=True, response_format={"type": "video"}
    )
    CLIENT.interactions.cancel(begun.id)
    return str(CLIENT.interactions.get(begun.id).status)


def refused() -> dict[str, Any]:
    try:
        CLIENT.models.generate_content(model="gemini-3.1-flash-image", contents="a kettle")
    except errors.APIError as error:
        return {"code": error.code, "status": error.status, "message": error.message}
    return {}


found = {
    "version": genai.__version__,
    "picture": picture(),
    "blocked": blocked(),
    "video": video(),
    "cancelled": cancelled(),
    "refused": refused(),
}
print(json.dumps(found))
