/** The extensions that a server offers to one connection, keyed by name; an absent key means "not offered". */
export interface Extensions {
  /** Aborted when the client leaves before its answer is complete; made on first use. */
  readonly 'http.disconnect.signal'?: { readonly signal: AbortSignal }
  /** The app may send information for a test client. */
  readonly 'http.response.debug'?: object
  /** The app may send early hints. */
  readonly 'http.response.early_hint'?: object
  /** The app may name a file as the body. */
  readonly 'http.response.pathsend'?: object
  /** The app may push. */
  readonly 'http.response.push'?: object
  /** The app may send fields after the body. */
  readonly 'http.response.trailers'?: object
  /** The app may give an open file as a part of the body. */
  readonly 'http.response.zerocopysend'?: object
  /** Aborted when the server begins to drain. */
  readonly 'server.shutdown.signal'?: { readonly signal: AbortSignal }
  /** The app may deny a handshake with an answer of its own. */
  readonly 'websocket.http.response'?: object
  /** Facts on the TLS connection. */
  readonly tls?: TLSExtension
}

/** @see https://asgi.readthedocs.io/en/latest/specs/tls.html */
export interface TLSExtension {
  /** The server's certificate as PEM, or `null` when unknown. */
  readonly server_cert: string | null
  /** The client's certificates as PEM, the leaf first. */
  readonly client_cert_chain: readonly string[]
  /** The distinguished name in the client's certificate, or `null` without one. */
  readonly client_cert_name: string | null
  /** Why the client's certificate did not hold, or `null`. */
  readonly client_cert_error: string | null
  /** The negotiated version as registered, for example 0x0304 for TLS 1.3. */
  readonly tls_version: number | null
  /** The negotiated suite as registered, for example 0x1301. */
  readonly cipher_suite: number | null
}
