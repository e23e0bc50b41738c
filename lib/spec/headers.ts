/**
 * A string whose code units are all ≤ 0xFF, one per byte (latin-1): how names, values, raw paths and query strings travel.
 *
 * @see https://webidl.spec.whatwg.org/#idl-ByteString
 */
export type ByteString = string

/** One header field: its name in lower case and its value. */
export type HeaderPair = readonly [name: ByteString, value: ByteString]

/** Header fields in wire order, duplicates kept. What a server hands over can be iterated many times. */
export type HeaderPairs = Iterable<HeaderPair>
