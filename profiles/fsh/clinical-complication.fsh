// A complication twice: as an Observation that holds all that was reported, and as an AdverseEvent for registries.

Invariant: itb-cmp-component
Description: "Components say severity, cause, symptom, related part, consequence, action, seriousness, expectedness, confirmation, outcome or time of resolution."
Severity: #error
Expression: "component.all(code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation' and code.matches('^complication-(severity|cause|symptom|related-to|consequence|action|seriousness|expected|confirmed|outcome|resolved)$')).exists())"

Invariant: itb-cmp-related
Description: "The related part is a code of ours."
Severity: #error
Expression: "component.where(code.coding.code = 'complication-related-to').all(value.ofType(CodeableConcept).coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-related-to').exists() or dataAbsentReason.exists())"

Invariant: itb-ae-identity
Description: "A tag carries our identity, because R4 has no search of AdverseEvent by identifier; the identifier says the same."
Severity: #error
Expression: "meta.tag.where(system.startsWith('https://w3id.org/itb-fhir/sid/') and code.exists()).count() = 1 and meta.tag.where(system.startsWith('https://w3id.org/itb-fhir/sid/')).code = identifier.value"

Profile: ItbComplication
Parent: Observation
Id: itb-complication
Title: "ITB complication"
Description: "A complication as it was reported, with everything that was said about it. Focus is the part concerned, where it is known: Observation.device would mean what made the observation. A fractured catheter stays an active Device until it is removed. The resource is no report to an authority."
* insert AdapterObservation
* obeys itb-cmp-component and itb-cmp-related
* code = $observation#complication
* code ^short = "Always: complication of intrathecal therapy"
* focus ^short = "The pump or catheter concerned"
* effective[x] only dateTime or Period
* effective[x] ^short = "Onset, as precisely as it was reported"
* issued ^short = "When the source recorded it"
* value[x] 1..1
* value[x] only CodeableConcept
* valueCodeableConcept from ItbComplicationCodes (required)
* valueCodeableConcept ^short = "Which complication: a code of ours, with a wider SNOMED CT code beside it where one is verified"
* component ^short = "Severity, cause, symptoms, consequences, action, seriousness, outcome, resolution"

Profile: ItbAdverseEvent
Parent: AdverseEvent
Id: itb-adverse-event
Title: "ITB adverse event"
Description: "A complication in the form that registries read. The Observation that it refers to holds what has no place here: symptoms, cause, action. R4 gives AdverseEvent no status: when its report is withdrawn, a person has to remove it."
* insert Published
* insert AdapterDomainResource
* obeys itb-ae-identity
* identifier 1..1
* actuality = #actual
* event 1..1
* event from ItbComplicationCodes (required)
* event ^short = "Which complication"
* subject only Reference(Patient)
* date 1..1
* date ^short = "Onset, as precisely as it was reported"
* recordedDate ^short = "When the source recorded it"
* suspectEntity ^short = "What the reporter relates it to: pump, catheter, procedure, or the infusion that ran"
* subjectMedicalHistory 1..*
* subjectMedicalHistory ^short = "The Observation of the complication"
