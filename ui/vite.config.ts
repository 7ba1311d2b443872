import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/ui/",
  plugins: [react()],
  build: {
    outDir: "../src/forebear/server/static",
    emptyOutDir: true,
    // What is inlined as data: would need a weaker Content-Security-Policy.
    assetsInlineLimit: 0,
    manifest: true,
    // Some hundred kilobytes of layout live in a worker that one page loads.
    chunkSizeWarningLimit: 2000,
  },
  server: { proxy: { "/api": { target: "http://127.0.0.1:8765", changeOrigin: true } } },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});
