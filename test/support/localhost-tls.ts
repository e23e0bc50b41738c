/** A key that keeps nothing secret, and the certificate of `localhost` and 127.0.0.1 that it has signed itself. */
export const localhostTLS: { readonly key: string; readonly cert: string } = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmvog3oKWnUDKXtPR
+ioJHNxe15W+p/fB1jCJTMwi5HChRANCAAQ+mHCAMrjkWPGeTE+O3n1uECkuN9NI
P/w1nGGOvpcKmbeMmXhfym66U93MgIpQxJIlipriWMOFk9NVFK2hi/bv
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUSbx7xUWPsSIFxcP+OiUj4LuTSgowCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTE1MTczMVoYDzIxMjYxMDI4
MTUxNzMxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQ+mHCAMrjkWPGeTE+O3n1uECkuN9NIP/w1nGGOvpcKmbeMmXhfym66
U93MgIpQxJIlipriWMOFk9NVFK2hi/bvo28wbTAdBgNVHQ4EFgQU+9nA0Jiyw05B
Qjx51B+iwMxGJhUwHwYDVR0jBBgwFoAU+9nA0Jiyw05BQjx51B+iwMxGJhUwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAJ2fwO4Rz6ALhfQojDE+AKDGEJVk75wiG0Ii2y+o/bGzAiAm
ZzVfyj2rcSXEvSzj4s8aU58ypQpkeOMxxHUDb2j3dQ==
-----END CERTIFICATE-----
`,
}
