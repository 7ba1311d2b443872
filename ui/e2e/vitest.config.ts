import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["*.journey.ts", "*.accounts.ts"],
    testTimeout: 90_000,
    hookTimeout: 60_000,
  },
});
