import fc from 'fast-check';

/** A law that states no number of its own is tried so often. */
fc.configureGlobal({ numRuns: 200 });
