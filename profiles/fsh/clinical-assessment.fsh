// Outcome scales.

Invariant: itb-asm-scale
Description: "The code names a scale of ours."
Severity: #error
Expression: "code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-assessment-scale').count() = 1"

Invariant: itb-asm-category
Description: "The category is survey."
Severity: #error
Expression: "category.coding.where(system = 'http://terminology.hl7.org/CodeSystem/observation-category' and code = 'survey').exists()"

Invariant: itb-asm-value
Description: "A score is a Quantity in {score}; a grade or level is a code of ours and no number; without either the value is said to be missing, or stands in components."
Severity: #error
Expression: "value.ofType(Quantity).where(system = 'http://unitsofmeasure.org' and code = '{score}').exists() or value.ofType(CodeableConcept).coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-assessment-grade').exists() or (value.empty() and (dataAbsentReason.exists() or component.exists()))"

Invariant: itb-asm-part
Description: "A component is a part of ours: an angle in deg, or a score."
Severity: #error
Expression: "component.all((code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-assessment-part').code & ' ' & value.ofType(Quantity).code).matches('^(tardieu-r[12] deg|(tardieu-quality|psfs-severity|copm-performance|copm-satisfaction) \\{score\\})$'))"

Profile: ItbAssessment
Parent: Observation
Id: itb-assessment
Title: "ITB assessment"
Description: "One result of an outcome scale. A number only where the scale has numbers: 1+ of the Modified Ashworth Scale and level III of the GMFCS are codes, so that nobody averages them. Totals and indices only: the text of an instrument belongs to its owner."
* insert AdapterObservation
* obeys itb-asm-scale and itb-asm-category and itb-asm-value and itb-asm-part
* category 1..*
* code ^short = "The scale: a code of ours, with LOINC or SNOMED CT beside it where one is verified"
* effective[x] only dateTime
* value[x] only Quantity or CodeableConcept
* value[x] ^short = "Score in {score}, or grade"
* bodySite ^short = "Muscle group and side, in the reporter's words"
* component ^short = "The values of a scale that has several"
