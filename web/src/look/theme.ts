import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const accent: MantineColorsTuple = [
  "#edf3fd", "#d8e5fa", "#b3ccf4", "#86b4ff", "#5f93e0", "#3f78cf", "#2b66c0", "#1d58b5", "#174a9c", "#103a80",
];

const dark: MantineColorsTuple = [
  "#e7eaf0", "#b0b8c5", "#939cab", "#6d7686", "#3a414d", "#262b33", "#1d2128", "#15181d", "#0e1115", "#0b0d11",
];
const gray: MantineColorsTuple = [
  "#f5f6f8", "#f0f2f6", "#e9ecf1", "#e0e3e9", "#c6cbd4", "#9aa2b0", "#838b99", "#5d6675", "#464e5c", "#171a21",
];

/** Mantine in the colours of `tokens.css`, small and quiet. Components are named and not imported, so that each is loaded where it is used. */
export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: { light: 7, dark: 3 },
  colors: { accent, dark, gray },
  autoContrast: true,
  luminanceThreshold: 0.4,
  fontFamily: '"Inter", system-ui, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: "var(--mono)",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  defaultRadius: 6,
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    // Ink on the accent is dark in the dark theme and white in the light one; Mantine's own choice looks at one of them.
    Button: {
      defaultProps: { size: "xs" },
      vars: (_: unknown, { variant = "filled" }: { variant?: string }) => ({
        root: variant === "filled" ? { "--button-color": "var(--accent-ink)" } : {},
      }),
    },
    TextInput: { defaultProps: { size: "xs" } },
    PasswordInput: { defaultProps: { size: "xs" } },
    Textarea: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs" } },
    Checkbox: { defaultProps: { size: "xs" }, vars: () => ({ root: { "--checkbox-icon-color": "var(--accent-ink)" } }) },
    Radio: { defaultProps: { size: "xs" }, vars: () => ({ root: { "--radio-icon-color": "var(--accent-ink)" } }) },
    Switch: { defaultProps: { size: "xs", withThumbIndicator: false } },
    SegmentedControl: { defaultProps: { size: "xs" } },
    Popover: { defaultProps: { shadow: "md", transitionProps: { duration: 0 } } },
    Tooltip: { defaultProps: { openDelay: 400, transitionProps: { duration: 0 }, events: { hover: true, focus: true, touch: false } } },
    // Locking the page's scroll writes a style element that the server's policy refuses.
    Modal: { defaultProps: { lockScroll: false } },
    Drawer: { defaultProps: { lockScroll: false } },
  },
});

export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    "--mantine-color-body": "var(--surface)",
    "--mantine-color-text": "var(--text)",
    "--mantine-color-dimmed": "var(--text-3)",
    "--mantine-color-placeholder": "var(--text-3)",
    "--mantine-color-error": "var(--stop)",
    "--mantine-color-anchor": "var(--accent)",
    "--mantine-color-default": "var(--surface)",
    "--mantine-color-default-hover": "var(--hover)",
    "--mantine-color-default-color": "var(--text)",
    "--mantine-color-default-border": "var(--edge)",
  };
  return { variables: {}, light: shared, dark: shared };
};

/** The number that the server puts into each page, without which the policy refuses Mantine's style elements. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
}
