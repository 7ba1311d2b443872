import "./app/mantine.css";
import "@mantine/spotlight/styles.css";
import "./app/app.css";
import { MantineProvider } from "@mantine/core";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import type { Problem } from "./api/client";
import { WHOAMI } from "./app/presence";
import { router } from "./app/router";
import { theme, variables } from "./app/theme";

/** Look at once into why nobody answers any more, or not to whom asks. */
function failed(error: Error): void {
  const { status } = error as Problem;
  const known = queries.getQueryData(WHOAMI) !== undefined;
  if (known && (status === 0 || status === UNKNOWN)) {
    void queries.invalidateQueries({ queryKey: WHOAMI });
  }
}

const UNKNOWN = 401;

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, { queryKey }) => queryKey[0] !== WHOAMI[0] && failed(error),
  }),
  mutationCache: new MutationCache({ onError: failed }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What the server has answered with a reason it will answer again; only silence is retried.
      retry: (count, error) => (error as Problem).status === 0 && count < 2,
    },
  },
});
const nonce = document.querySelector<HTMLMetaElement>('meta[name="forebear-nonce"]')?.content;
// Where Mantine keeps the page behind a form from scrolling, a library of its own asks for this.
Object.assign(globalThis, { __webpack_nonce__: nonce });

createRoot(document.getElementById("app") as HTMLElement).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce ?? ""}
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
