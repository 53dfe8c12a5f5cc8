import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The server's policy takes scripts, styles and fonts from files of its own only, so nothing is put into the page or
// into a style sheet as `data:`.
export default defineConfig(({ mode }) => ({
  plugins: [react()],
  define: {
    // The gallery of components exists in `npm run dev` and in the build that the browser tests look at, never in `dist`.
    __GALLERY__: JSON.stringify(mode === "development" || mode === "gallery"),
  },
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // Over HTTP/1.1 sixty small files take a browser longer than one: what the first page needs comes in one piece.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "first", tags: ["$initial"] }] } } },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": process.env["TUTELA_SERVER"] ?? "http://127.0.0.1:8787" },
  },
  test: { include: ["src/**/*.test.{ts,tsx}", "tools/**/*.test.ts"] },
}));
