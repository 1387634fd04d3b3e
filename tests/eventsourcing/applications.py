"""A small application of the library."""

from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event


class Room(Aggregate):
    """A meeting room, which is booked by the hour."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.hours: list[int] = []

    @event("Booked")
    def book(self, hour: int) -> None:
        self.hours.append(hour)


class Rooms(Application[UUID]):
    """The rooms of an office."""

    def add(self, name: str) -> UUID:
        room = Room(name)
        self.save(room)
        return room.id

    def book(self, room_id: UUID, hour: int) -> None:
        room: Room = self.repository.get(room_id)
        room.book(hour)
        self.save(room)

    def hours(self, room_id: UUID) -> list[int]:
        room: Room = self.repository.get(room_id)
        return room.hours
