// What an AuditEvent of ours records where no published code says it.

CodeSystem: ItbAudit
Id: itb-audit
Title: "ITB audit"
Description: "Kinds of acts that are written down and are no request to a FHIR server."
* insert LocalCodeSystem
* #operation "Operation" "An act of an operator or of the service itself; its name and what it was about stand in the entity."
