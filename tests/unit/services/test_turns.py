"""Turns: one after the other by name, and nothing kept of what is over."""

from __future__ import annotations

import asyncio

from takebridge.services.turns import Turns


def test_the_same_name_waits_and_another_does_not() -> None:
    order: list[str] = []

    async def visit(turns: Turns, name: str, word: str) -> None:
        async with turns.of(name):
            order.append(f"{word} in")
            await asyncio.sleep(0)
            order.append(f"{word} out")

    async def main() -> None:
        turns = Turns()
        await asyncio.gather(visit(turns, "a", "first"), visit(turns, "a", "second"), visit(turns, "b", "other"))

    asyncio.run(main())
    assert order.index("first out") < order.index("second in")
    assert order.index("other in") < order.index("first out")


def test_a_turn_ends_with_an_error_and_is_forgotten() -> None:
    async def main() -> int:
        turns = Turns()
        for number in range(100):
            try:
                async with turns.of(f"shot {number}"):
                    raise LookupError
            except LookupError:
                pass
        async with asyncio.timeout(5), turns.of("shot 1"):
            return len(turns._locks)

    assert asyncio.run(main()) == 1
