// A provider of OpenID Connect with one client, in a process of its own: `node provider.mjs PORT BACK`.
// It asks for PKCE, signs with its own keys, and lets anybody in under the name they type.
import Provider from "oidc-provider";

const [port, back] = process.argv.slice(2);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "forebear",
      client_secret: "a secret between the two, which is long enough",
      redirect_uris: [back],
      response_types: ["code"],
      grant_types: ["authorization_code"],
    },
  ],
  claims: { email: ["email", "email_verified"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: ["of a provider for tests"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      email: id.replace(/^unverified-/, ""),
      email_verified: !id.startsWith("unverified-"),
    }),
  }),
});

provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
