/** The part of @lhncbc/ucum-lhc that is used here; the package brings no types. */
declare module '@lhncbc/ucum-lhc' {
  export const UcumLhcUtils: { getInstance(): UcumLibrary };

  export interface UcumLibrary {
    /** `valid` only where the code can be read as it stands; with a substitution it is `invalid`. */
    validateUnitString(code: string): { readonly status: 'valid' | 'invalid' | 'error' };
    /** `toVal` is null where the units do not measure the same. */
    convertUnitTo(from: string, value: number, to: string): { readonly toVal: number | null };
  }
}
