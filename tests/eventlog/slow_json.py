"""A slow reader of strict JSON, written from the stated grammar, to judge the fast one by."""

from typing import Any

ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "/": "/"}
HEX = "0123456789abcdefABCDEF"


class Fault(Exception):
    """The reference reader's answer to bytes outside the grammar."""


class Reader:
    """The grammar, character by character, with no regard for speed."""

    def __init__(self, data: bytes) -> None:
        try:
            self.text = data.decode("utf-8", "strict")
        except UnicodeDecodeError as problem:
            raise Fault from problem
        if any(byte < 0x20 for byte in data):
            raise Fault
        self.at = 0

    def document(self) -> Any:
        self.spaces()
        if self.peek() != "{":
            raise Fault
        value = self.value(1)
        self.spaces()
        if self.at != len(self.text):
            raise Fault
        return value

    def peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self, expected: str) -> str:
        if not self.text.startswith(expected, self.at):
            raise Fault
        self.at += len(expected)
        return expected

    def spaces(self) -> None:
        while self.peek() == " ":
            self.at += 1

    def value(self, depth: int) -> Any:
        match self.peek():
            case "{" | "[" if depth > 32:
                raise Fault
            case "{":
                return self.object(depth)
            case "[":
                return self.array(depth)
            case '"':
                return self.string()
            case "t" | "f" | "n" as letter:
                word = {"t": "true", "f": "false", "n": "null"}[letter]
                return {"true": True, "false": False, "null": None}[self.take(word)]
            case _:
                return self.integer()

    def object(self, depth: int) -> Any:
        self.take("{")
        members: dict[str, Any] = {}
        self.spaces()
        while self.peek() != "}":
            if members:
                self.take(",")
                self.spaces()
            name = self.string()
            if name in members:
                raise Fault
            self.spaces()
            self.take(":")
            self.spaces()
            members[name] = self.value(depth + 1)
            self.spaces()
        self.take("}")
        return members

    def array(self, depth: int) -> Any:
        self.take("[")
        items: list[Any] = []
        self.spaces()
        while self.peek() != "]":
            if items:
                self.take(",")
                self.spaces()
            items.append(self.value(depth + 1))
            self.spaces()
        self.take("]")
        return items

    def string(self) -> str:
        self.take('"')
        units = []
        while self.peek() != '"':
            character = self.peek()
            if not character:
                raise Fault
            self.at += 1
            units.append(self.escape() if character == "\\" else character)
        self.take('"')
        text = "".join(units).encode("utf-16-le", "surrogatepass")
        try:
            return text.decode("utf-16-le")
        except UnicodeDecodeError as problem:
            raise Fault from problem

    def escape(self) -> str:
        letter = self.peek()
        self.at += 1
        if letter == "u":
            digits = self.text[self.at : self.at + 4]
            self.at += 4
            if len(digits) != 4 or any(digit not in HEX for digit in digits):
                raise Fault
            return chr(int(digits, 16))
        if letter not in ESCAPES:
            raise Fault
        return ESCAPES[letter]

    def integer(self) -> int:
        start = self.at
        if self.peek() == "-":
            self.at += 1
        first = self.at
        while self.peek() in tuple("0123456789"):
            self.at += 1
        digits = self.text[first : self.at]
        if not digits or (digits[0] == "0" and digits != "0") or len(digits) > 16:
            raise Fault
        number = int(digits)
        if number > 2**53 - 1 or (number == 0 and first > start):
            raise Fault
        return -number if first > start else number
