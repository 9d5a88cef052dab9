// What is stated about the patient around the pump: trial dose, other medication, imaging, baseline, course.

ValueSet: ItbClinicalCodes
Id: itb-clinical
Title: "ITB clinical facts"
Description: "All ITB clinical facts."
* insert LocalValueSet
* include codes from system $clinical

ValueSet: ItbClinicalAnswerCodes
Id: itb-clinical-answer
Title: "ITB clinical answers"
Description: "All ITB clinical answers."
* insert LocalValueSet
* include codes from system $answer

ValueSet: ItbScreeningResponseCodes
Id: itb-screening-response
Title: "Responses to a screening bolus"
Description: "Positive, equivocal or negative."
* insert LocalValueSet
* $answer#positive
* $answer#equivocal
* $answer#negative

ValueSet: ItbCourseCodes
Id: itb-course
Title: "ITB course"
Description: "What can happen to the patient in the course of the therapy."
* insert LocalValueSet
* $clinical#follow-up
* $clinical#consent
* $clinical#enrolment
* $clinical#transfer
* $clinical#death

Invariant: itb-scr-dose
Description: "A screening bolus is an amount in ug by its own method, without a rate and without a pump."
Severity: #error
Expression: "device.empty() and dosage.rate.empty() and dosage.dose.where(code = 'ug' and system = 'http://unitsofmeasure.org' and value > 0).exists() and dosage.method.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-clinical' and code = 'screening-bolus').exists()"

Invariant: itb-scr-route
Description: "The route is an injection into the cerebrospinal fluid, and not the infusion of a pump."
Severity: #error
Expression: "dosage.route.coding.where((system = 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration' and code = 'ITINJ') or (system = 'http://snomed.info/sct' and code = '72607000')).exists()"

Invariant: itb-scr-component
Description: "Dose in ug, volume in mL, concentration in ug/mL, duration in h; lot and product in words."
Severity: #error
Expression: "component.all((code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-clinical').code & ' ' & value.ofType(Quantity).code).matches('^(screening-dose ug|screening-volume mL|screening-concentration ug/mL|effect-duration h|(lot-number|product-ndc) ?)$'))"

Invariant: itb-scr-value
Description: "The response is stated, or said to be missing."
Severity: #error
Expression: "value.exists() or dataAbsentReason.exists()"

Invariant: itb-res-words
Description: "Medication and dose are words, and no code says baclofen for intrathecal use or intrathecal route: nobody can add this to the dose of the pump."
Severity: #error
Expression: "medication.ofType(CodeableConcept).coding.empty() and medication.ofType(CodeableConcept).text.exists() and dosage.doseAndRate.empty() and dosage.route.coding.where(code = 'IT' or code = 'ITINJ' or code = 'intrathecal' or code = '72607000').empty()"

Invariant: itb-img-finding
Description: "The finding is stated, or said to be missing."
Severity: #error
Expression: "value.exists() or dataAbsentReason.exists()"

Invariant: itb-bas-component
Description: "Every component has a code of ours; a number is body weight in kg."
Severity: #error
Expression: "component.all((code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-clinical').code & ' ' & value.ofType(Quantity).code).matches('^(weight kg|(indication|origin|diagnosis|functional-level|allergy|earlier-oral-therapy) ?)$'))"

Invariant: itb-crs-answer
Description: "The answer belongs to what was asked: a consent is given, refused or withdrawn, a death is a death."
Severity: #error
Expression: "(code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-clinical').code & ' ' & value.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-clinical-answer').code).matches('^(follow-up contact-.+|consent consent-.+|enrolment enrolment-.+|transfer transfer-.+|death died)$')"

Profile: ItbScreeningBolus
Parent: MedicationAdministration
Id: itb-screening-bolus
Title: "ITB screening bolus"
Description: "A trial dose before implantation: a true intrathecal dose in micrograms, by injection. It never has a pump, so that it cannot be taken for delivery by one."
* insert Administration
* obeys itb-scr-route and itb-scr-dose
* medication[x] only CodeableConcept
* effective[x] ^short = "When it was injected; a period where the time of injection was reported"
* device 0..0
* dosage.text 1..1
* dosage.route 1..1
* dosage.route ^short = "Intrathecal injection"
* dosage.method ^short = "Screening bolus, with the way of injection in words"
* dosage.dose 1..1
* dosage.rate[x] 0..0

Profile: ItbScreeningResponse
Parent: Observation
Id: itb-screening-response
Title: "ITB response to a screening bolus"
Description: "Whether the trial dose had the wanted effect, and for how long; with what was injected."
* insert AdapterObservation
* obeys itb-scr-component and itb-scr-value
* code = $clinical#screening-response
* partOf 1..1
* partOf ^short = "The screening bolus"
* effective[x] only dateTime
* value[x] only CodeableConcept
* valueCodeableConcept from ItbScreeningResponseCodes (required)
* component.code from ItbClinicalCodes (required)
* component ^short = "Dose, volume, concentration, duration of the effect, lot and product"

Profile: ItbRescueMedication
Parent: MedicationStatement
Id: itb-rescue-medication
Title: "ITB rescue medication"
Description: "Medication given for withdrawal, overdose or cover, as somebody reported it. A statement and no administration, in words and without codes of intrathecal therapy: it is never added to, or converted into, the dose of the pump."
* insert Published
* insert AdapterDomainResource
* obeys itb-res-words
* identifier 1..*
* status ^short = "Unknown: whether the patient still takes it was not reported"
* medication[x] only CodeableConcept
* medicationCodeableConcept ^short = "The drug, in the reporter's words"
* subject only Reference(Patient)
* effective[x] 1..1
* effective[x] only dateTime
* dosage 0..1
* dosage.text ^short = "The dose, in the reporter's words"
* dosage.route ^short = "The route, in the reporter's words, coded where it is by mouth or rectal"
* reasonCode ^short = "What it was given for"

Profile: ItbImaging
Parent: Observation
Id: itb-imaging
Title: "ITB imaging finding"
Description: "What imaging showed, of pump, catheter and pocket or of another part of the body, as it was reported."
* insert AdapterObservation
* obeys itb-img-finding
* category 1..*
* code = $clinical#imaging
* effective[x] only dateTime
* value[x] only string
* method 1..1
* method ^short = "The modality, in the reporter's words"
* bodySite ^short = "What was imaged"
* component.code from ItbClinicalCodes (required)

Profile: ItbBaseline
Parent: Observation
Id: itb-baseline
Title: "ITB baseline"
Description: "Facts about the patient before therapy. Birth date and sex are not among them: they belong to the Patient of the hospital, which the adapter never writes."
* insert AdapterObservation
* obeys itb-bas-component
* code = $clinical#baseline
* effective[x] only dateTime
* value[x] 0..0
* component 1..*
* component.code from ItbClinicalCodes (required)

Profile: ItbCourse
Parent: Observation
Id: itb-course
Title: "ITB course"
Description: "Follow-up, consent, enrolment, transfer and death, as registries count them."
* insert AdapterObservation
* obeys itb-crs-answer
* code from ItbCourseCodes (required)
* effective[x] only dateTime
* value[x] 1..1
* value[x] only CodeableConcept
* valueCodeableConcept from ItbClinicalAnswerCodes (required)
* component.code from ItbClinicalCodes (required)
