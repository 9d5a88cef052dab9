/** The part of gs1-barcode-parser-mod that is used here; the package has no types of its own. */
declare module 'gs1-barcode-parser-mod' {
  /** Takes one element string, scanned or with its identifiers in parentheses, apart. Throws its reason as text. */
  export function parseBarcode(text: string): {
    readonly parsedCodeItems: readonly { readonly ai: string; readonly raw: string }[];
  };
}
