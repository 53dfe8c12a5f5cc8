import { type ReactNode, useId } from "react";
import css from "./Choice.module.css";

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  /** `label` is what is heard, `face` what is seen. */
  options: readonly { readonly value: T; readonly face: ReactNode; readonly label: string }[];
}

/** A few choices side by side, one of them taken. They are radio buttons, and the arrows move between them. */
export function Choice<T extends string>({ label, value, onChange, options }: ChoiceProps<T>) {
  const name = useId();
  return (
    <div className={css.choice} role="radiogroup" aria-label={label} title={label}>
      {options.map((option) => (
        <label key={option.value} className={css.option}>
          <input
            type="radio"
            name={name}
            aria-label={option.label}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span aria-hidden>{option.face}</span>
        </label>
      ))}
    </div>
  );
}
