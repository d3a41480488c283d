"""Fetching files that people gave: from the address Discord told, without our token, and never more than is wanted."""

import aiohttp

from adapters.chat.errors import ChatUnavailableError, MessageGoneError, RejectedError

_PIECE = 64 * 1024


async def downloaded(url: str, *, most_bytes: int, timeout_s: float) -> bytes:
    """What stands at `url`. RejectedError when it is more than `most_bytes`, MessageGoneError when it is not there any
    more, ChatUnavailableError when it does not come in time.
    """
    try:
        async with (
            aiohttp.ClientSession(trust_env=True, timeout=aiohttp.ClientTimeout(total=timeout_s)) as session,
            session.get(url) as response,
        ):
            if response.status >= 500 or response.status == 429:
                raise ChatUnavailableError(f"Discord did not hand the file over ({response.status}).")
            if response.status >= 400:
                raise MessageGoneError("The file is not there any more.", code=str(response.status))
            return await _read(response, most_bytes=most_bytes)
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
        raise ChatUnavailableError("Discord did not hand the file over.") from error


async def _read(response: aiohttp.ClientResponse, *, most_bytes: int) -> bytes:
    data = bytearray()
    async for piece in response.content.iter_chunked(_PIECE):
        data += piece
        if len(data) > most_bytes:
            raise RejectedError("The file is larger than it may be.", code="too_large")
    return bytes(data)
