/** The extensions that a server offers to one connection, keyed by name; an absent key means "not offered". */
export interface Extensions {
  readonly 'http.disconnect.signal'?: { readonly signal: AbortSignal }
  readonly 'http.response.debug'?: object
  readonly 'http.response.early_hint'?: object
  readonly 'http.response.pathsend'?: object
  readonly 'http.response.push'?: object
  readonly 'http.response.trailers'?: object
  readonly 'http.response.zerocopysend'?: object
  readonly 'server.shutdown.signal'?: { readonly signal: AbortSignal }
  readonly 'websocket.http.response'?: object
  readonly tls?: TLSExtension
}

/** @see https://asgi.readthedocs.io/en/latest/specs/tls.html */
export interface TLSExtension {
  /** The server's certificate as PEM, or `null` when unknown. */
  readonly server_cert: string | null
  /** The client's certificates as PEM, the leaf first. */
  readonly client_cert_chain: readonly string[]
  readonly client_cert_name: string | null
  readonly client_cert_error: string | null
  /** The negotiated version as registered, for example 0x0304 for TLS 1.3. */
  readonly tls_version: number | null
  readonly cipher_suite: number | null
}
