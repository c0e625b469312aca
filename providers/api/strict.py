"""Reading requests strictly: what is not known is refused, so that a misspelt field is never quietly dropped."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses fields it does not know."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse unknown fields, then read the rest."""
        if isinstance(data, dict):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError(
                    {name: ["There is no such field. Check its spelling."] for name in unknown}
                )
        return super().to_internal_value(data)


def read_query(serializer: type[StrictSerializer], request: Request) -> dict[str, Any]:
    """Return the query's parameters as the serializer reads them; unknown or repeated ones are refused."""
    repeated = [name for name in request.query_params if len(request.query_params.getlist(name)) > 1]
    if repeated:
        raise serializers.ValidationError({name: ["Give this once."] for name in repeated})
    read = serializer(data=request.query_params.dict())
    read.is_valid(raise_exception=True)
    values: dict[str, Any] = read.validated_data
    return values


def read_body(serializer: type[StrictSerializer], request: Request) -> dict[str, Any]:
    """Return the body's fields as the serializer reads them."""
    read = serializer(data=request.data)
    read.is_valid(raise_exception=True)
    values: dict[str, Any] = read.validated_data
    return values
