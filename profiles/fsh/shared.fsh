// What every resource of ours has in common. Validators differ in how deep they look, so every safety rule is an
// invariant of the resource as a whole; the nested constraints beside them are for readers and other validators.

Invariant: itb-tag
Description: "The resource is marked as written by the adapter."
Severity: #error
Expression: "meta.tag.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-sync' and code = 'itb-adapter').exists()"

Invariant: itb-test
Description: "The label of test data comes from the code system of HL7."
Severity: #error
Expression: "meta.security.where(code = 'HTEST').all(system = 'http://terminology.hl7.org/CodeSystem/v3-ActReason')"

Invariant: itb-precision
Description: "The precision of a time is stated at most once, as year, month, day, minute or second."
Severity: #error
Expression: "extension.where(url = 'https://w3id.org/itb-fhir/StructureDefinition/time-precision').empty() or extension.where(url = 'https://w3id.org/itb-fhir/StructureDefinition/time-precision').value.matches('^(year|month|day|minute|second)$')"

Invariant: itb-route
Description: "A dose given to the patient states the intrathecal route."
Severity: #error
Expression: "dosage.route.coding.where((system = 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration' and code = 'IT') or (system = 'http://snomed.info/sct' and code = '72607000')).exists()"

Invariant: itb-start
Description: "The period has a start."
Severity: #error
Expression: "effective.ofType(Period).start.exists()"

Invariant: itb-open
Description: "What is in progress has no end."
Severity: #error
Expression: "status = 'in-progress' implies effective.ofType(Period).end.empty()"

Invariant: itb-closed
Description: "What is completed or stopped has an end."
Severity: #error
Expression: "(status = 'completed' or status = 'stopped') implies effective.ofType(Period).end.exists()"

Invariant: itb-administration-status
Description: "The status is in-progress, completed, stopped, entered-in-error or unknown."
Severity: #error
Expression: "status.matches('^(in-progress|completed|stopped|entered-in-error|unknown)$')"

Invariant: itb-not-a-dose
Description: "A volume that does not reach the patient has neither route nor rate, and is stated in mL."
Severity: #error
Expression: "dosage.route.empty() and dosage.rate.empty() and dosage.dose.code = 'mL' and dosage.dose.system = 'http://unitsofmeasure.org'"

Invariant: itb-time-precision
Description: "Year, month, day, minute or second."
Severity: #error
Expression: "value.matches('^(year|month|day|minute|second)$')"

RuleSet: AdapterResource
* implicitRules 0..0
* meta 1..1
* meta ^short = "Mark of the adapter, label of test data, and the report that it comes from"
* extension contains TimePrecision named timePrecision 0..1
* obeys itb-tag and itb-test and itb-precision

RuleSet: AdapterDomainResource
* insert AdapterResource
* contained 0..0
* modifierExtension 0..0

RuleSet: Published
* ^status = #draft
* ^experimental = false

Extension: TimePrecision
Id: time-precision
Title: "Precision of a time"
Description: "How precise the source's time was. FHIR asks for seconds wherever there is a time of day: the adapter fills them with zeros and says so here."
Context: Resource
* insert Published
* obeys itb-time-precision
* value[x] 1..1
* value[x] only code

Extension: InfusionMode
Id: infusion-mode
Title: "Infusion mode"
Description: "The mode in which the pump infuses during the segment."
Context: MedicationAdministration
* insert Published
* value[x] 1..1
* value[x] only code
* valueCode from ItbInfusionModeCodes (required)
