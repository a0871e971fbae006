"""Query parameters nobody asked about are errors, as unknown fields of a body are."""

from __future__ import annotations

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection


def only_known_query(connection: HTTPConnection) -> None:
    """Raise RequestValidationError for a parameter the route does not have: misspelt, it would change the answer."""
    route = connection.scope.get("route")
    if not isinstance(route, APIRoute) or not connection.url.path.startswith("/api/"):
        return
    known = {field.alias for field in route.dependant.query_params}
    unknown = [name for name in connection.query_params if name not in known]
    if unknown:
        raise RequestValidationError([{"type": "extra_forbidden", "loc": ("query", name)} for name in unknown[:5]])
