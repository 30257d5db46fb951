/** The two languages of the console, and light and dark: chosen once, remembered on this device. */

import { ref, watch } from "vue";

/** What is shown, in both languages. */
export interface Words {
  zh: string;
  en: string;
}

export type Language = keyof Words;

const LANGUAGE = "mall.console.language";
const LOOK = "mall.console.look";

export const language = ref<Language>(localStorage.getItem(LANGUAGE) === "en" ? "en" : "zh");

/** `t({ zh: "查询", en: "Search" })`, again when the language changes. */
export function t(words: Words): string {
  return words[language.value];
}

export const isDark = ref(
  (localStorage.getItem(LOOK) ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark",
);

export function followLook(): void {
  watch(language, (chosen) => {
    localStorage.setItem(LANGUAGE, chosen);
    document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  });
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
  watch(isDark, (dark) => document.documentElement.classList.toggle("dark", dark), { immediate: true });
}

export function changeLook(): void {
  isDark.value = !isDark.value;
  localStorage.setItem(LOOK, isDark.value ? "dark" : "light");
}
