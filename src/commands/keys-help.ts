/** What the help says of the order in which keys follow each other. */
export const orderOfKeys = `
A key is replaced in four steps, so that no server ever meets a signature that it cannot check:
  itb-fhir keys new              the new key is published; the old one signs. Upload \`keys publish\` where a server
                                 cannot read our JWKS address.
  itb-fhir keys promote <kid>    some minutes later, when no server holds an older JWKS: the new key signs
  itb-fhir keys retire <oldKid>  when no assertion of the old key is under way: it leaves the JWKS
  itb-fhir keys list             what there is now
A running service reads the file again by itself.`;
