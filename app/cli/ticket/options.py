"""What can be stated of a ticket on the command line."""

from typing import Annotated, Literal

import typer

TicketName = Annotated[
    str,
    typer.Argument(
        metavar="TICKET",
        help="Number, id, or a reference such as INC0000045 or servicenow:INC0000045.",
    ),
]
Words = Annotated[str, typer.Argument(metavar="TEXT", help="The text; - reads it from stdin.")]

Interaction = Annotated[
    str,
    typer.Argument(metavar="MESSAGE", help="Its version in `ticket history`, or its id."),
]
SeesFrom = Annotated[
    str | None, typer.Option(metavar="TIME", help="Sees what is said from then on.")
]

Subject = Annotated[str | None, typer.Option(help="One line that says what it is about.")]
Channel = Annotated[str | None, typer.Option(help="How it came or went: email, phone, wecom …")]
Inbox = Annotated[str | None, typer.Option(help="The desk's address, number or form.")]
Direction = Annotated[Literal["in", "out", "internal"], typer.Option(help="Who began it.")]
CallDirection = Annotated[Literal["in", "out"], typer.Option(help="Who called.")]
Kind = Annotated[Literal["request", "feedback", "task"] | None, typer.Option(help="What it is.")]
Begins = Annotated[
    Literal["new", "open", "pending", "on_hold"] | None,
    typer.Option("--status", help="Where it begins; by default new."),
]
Spoken = Annotated[str | None, typer.Option("--text-language", metavar="TAG", help="Such as zh.")]
Customer = Annotated[
    str | None, typer.Option(help="Who asks: number, id or address of a known customer.")
]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="ADDRESS", help="Who asks; registered if not known yet."),
]
Name = Annotated[str | None, typer.Option(help="Name of a person who is not known yet.")]
Sender = Annotated[str | None, typer.Option("--from", metavar="ADDRESS", help="Who wrote.")]
Group = Annotated[str | None, typer.Option(help="The group; an empty text clears it.")]
Agent = Annotated[str | None, typer.Option(help="The agent; an empty text clears it.")]
Type = Annotated[str | None, typer.Option("--type", help="Type of the request.")]
Category = Annotated[
    list[str] | None, typer.Option(help="Repeat it from the widest term to the narrowest.")
]
Stage = Annotated[str | None, typer.Option(help="Stage of the customer's journey.")]
Tier = Annotated[str | None, typer.Option(help="Tier of service.")]
Priority = Annotated[str | None, typer.Option(help="Priority, such as urgent.")]
Impact = Annotated[str | None, typer.Option(help="How much it affects.")]
Urgency = Annotated[str | None, typer.Option(help="How soon it matters.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="A tag; may be repeated.")]
Fields = Annotated[
    list[str] | None,
    typer.Option("--field", metavar="NAME=TEXT", help="A field; NAME:=JSON for other than text."),
]
Personal = Annotated[
    list[str] | None,
    typer.Option("--personal", metavar="NAME=TEXT", help="A personal field, sealed when stored."),
]
References = Annotated[
    list[str] | None,
    typer.Option("--reference", metavar="SYSTEM/KIND/ID", help="A thing in another system."),
]
Message = Annotated[str | None, typer.Option(metavar="TEXT", help="What the customer wrote.")]
Note = Annotated[str | None, typer.Option(metavar="TEXT", help="What only the desk sees.")]
Reply = Annotated[str | None, typer.Option(metavar="TEXT", help="What the desk wrote.")]
Reason = Annotated[str | None, typer.Option(help="Why, as a code of the desk.")]
Until = Annotated[
    str | None, typer.Option(metavar="TIME", help="When it comes back by itself; empty for never.")
]
To = Annotated[list[str] | None, typer.Option(metavar="ADDRESS", help="To whom; may be repeated.")]
Copied = Annotated[list[str] | None, typer.Option("--cc", metavar="ADDRESS", help="Who else.")]
Removed = Annotated[
    list[str] | None, typer.Option("--remove", metavar="TAG", help="A tag to remove.")
]
