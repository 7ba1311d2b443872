import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // A machine with much else to do may be late once.
    retry: 1,
    root: import.meta.dirname,
    include: ["*.journey.ts", "*.accounts.ts"],
    testTimeout: 90_000,
    hookTimeout: 60_000,
  },
});
