import asyncio

import pytest

from elman.web.outbox import Gone, Outbox


def test_what_is_put_comes_out_in_order_and_waits_for_room():
    async def talk():
        box, taken = Outbox(room=2), []

        async def fill():
            for number in range(10):
                await box.put(str(number))

        filling = asyncio.create_task(fill())
        for _ in range(5):
            await asyncio.sleep(0)
        assert not filling.done()  # only two have found room
        for _ in range(10):
            taken.append(await box.get())
        await filling
        return taken

    assert asyncio.run(talk()) == [str(number) for number in range(10)]


def test_of_what_is_told_the_latest_counts_in_the_first_place():
    async def talk():
        box = Outbox()
        box.tell("a", "a1")
        await box.put("between")
        box.tell("b", "b1")
        box.tell("a", "a2")
        first = [await box.get() for _ in range(3)]
        box.tell("a", "a3")
        return [*first, await box.get()]

    assert asyncio.run(talk()) == ["a2", "between", "b1", "a3"]


def test_a_slow_visitor_costs_no_memory():
    async def talk():
        box = Outbox()
        for number in range(100_000):
            box.tell("loss", str(number))
        assert await box.get() == "99999"
        return len(box._order)

    assert asyncio.run(talk()) == 0


def test_who_waits_is_told_that_the_visitor_has_gone():
    async def talk():
        box = Outbox(room=1)
        await box.put("x")
        putting = asyncio.create_task(box.put("y"))
        await asyncio.sleep(0)
        box.close()
        with pytest.raises(Gone):
            await putting
        with pytest.raises(Gone):
            await box.get()
        box.tell("a", "is dropped")

    asyncio.run(talk())
