// What is used of a browser, and a mini program's compiler need not know: so no type of this package leans on it.
declare class AbortController {
  readonly signal: object;
  abort(): void;
}
declare class FormData {
  append(name: string, value: string | { readonly size: number; readonly type: string }): void;
}
declare function fetch(
  url: string,
  how: { method: string; body: string | FormData; headers?: Record<string, string>; signal?: object },
): Promise<{ status: number; text(): Promise<string>; headers: { get(name: string): string | null } }>;
declare function setTimeout(work: () => void, milliseconds: number): unknown;
declare function clearTimeout(timer: unknown): void;
