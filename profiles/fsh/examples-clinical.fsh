// Examples of complications, assessments and what is stated around the pump. All invented.

Instance: example-complication
InstanceOf: ItbComplication
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e23)
* insert OfExamplePatient
* extension[timePrecision].valueCode = #day
* status = #final
* focus = Reference(Device/example-catheter)
* effectiveDateTime = "2024-08-10"
* issued = "2024-08-12T09:00:00-04:00"
* valueCodeableConcept.coding[0] = $complication#catheter-kink "Catheter kink"
* valueCodeableConcept.coding[+] = $sct#473023007
* insert Component(complication-severity, Severity of the complication)
* component[=].valueCodeableConcept = $aeSeverity#severe "Severe"
* insert Component(complication-related-to, Related part)
* component[=].valueCodeableConcept = $relatedTo#catheter "Catheter"
* insert Component(complication-symptom, Symptom of the complication)
* component[=].valueCodeableConcept.coding = $sct#221360009
* component[=].valueCodeableConcept.text = "increased spasticity"
* insert Component(complication-symptom, Symptom of the complication)
* component[=].valueCodeableConcept.coding = $sct#418290006
* component[=].valueCodeableConcept.text = "itching"
* insert Component(complication-consequence, Consequence of the complication)
* component[=].valueCodeableConcept = $complication#withdrawal "Baclofen withdrawal"
* insert Component(complication-seriousness, Seriousness of the complication)
* component[=].valueCodeableConcept = $aeSeriousness#Serious "Serious"
* insert Component(complication-expected, Expectedness of the complication)
* component[=].valueBoolean = false

Instance: example-adverse-event
InstanceOf: ItbAdverseEvent
Usage: #example
* meta.tag[0] = $sync#itb-adapter
* meta.tag[+].system = "https://w3id.org/itb-fhir/sid/example"
* meta.tag[=].code = #0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e41
* meta.security = $actReason#HTEST
* identifier.system = "https://w3id.org/itb-fhir/sid/example"
* identifier.value = "0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e41"
* insert OfExamplePatient
* extension[timePrecision].valueCode = #day
* event.coding[0] = $complication#catheter-kink "Catheter kink"
* event.coding[+] = $sct#473023007
* date = "2024-08-10"
* seriousness = $aeSeriousness#Serious "Serious"
* severity = $aeSeverity#severe "Severe"
* outcome = $aeOutcome#recovering "Recovering"
* suspectEntity.instance = Reference(Device/example-catheter)
* subjectMedicalHistory = Reference(Observation/example-complication)

Instance: example-assessment
InstanceOf: ItbAssessment
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e24)
* insert OfExamplePatient
* status = #final
* category = $category#survey
* code = $scale#mas "Modified Ashworth Scale"
* bodySite.text = "elbow flexors, right"
* effectiveDateTime = "2024-06-25T10:30:00-04:00"
* valueCodeableConcept = $gradeOfScale#mas-1-plus "1+"

Instance: example-assessment-score
InstanceOf: ItbAssessment
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e25)
* insert OfExamplePatient
* status = #final
* category = $category#survey
* code = $scale#psfs "Penn Spasm Frequency Scale"
* effectiveDateTime = "2024-06-25T10:30:00-04:00"
* valueQuantity = 2 '{score}'

Instance: example-assessment-angles
InstanceOf: ItbAssessment
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e26)
* insert OfExamplePatient
* status = #final
* category = $category#survey
* code = $scale#tardieu "Tardieu Scale"
* bodySite.text = "gastrocnemius, left"
* effectiveDateTime = "2024-06-25T10:30:00-04:00"
* component[0].code = $part#tardieu-r1 "Angle of catch (R1)"
* component[=].valueQuantity = 20 'deg'
* component[+].code = $part#tardieu-r2 "Passive range (R2)"
* component[=].valueQuantity = 75 'deg'
* component[+].code = $part#tardieu-quality "Quality of muscle reaction"
* component[=].valueQuantity = 2 '{score}'

Instance: example-screening-bolus
InstanceOf: ItbScreeningBolus
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e42)
* insert OfExamplePatient
* insert Baclofen(medicationCodeableConcept)
* status = #completed
* effectiveDateTime = "2024-01-09T09:15:00-05:00"
* dosage.text = "Screening bolus, 50 ug, intrathecal, lumbar puncture. Not given by a pump."
* dosage.route = $route#ITINJ "Injection, intrathecal"
* dosage.method = $clinical#screening-bolus "Screening bolus"
* dosage.method.text = "Screening bolus, lumbar puncture"
* dosage.dose = 50 'ug'

Instance: example-screening-response
InstanceOf: ItbScreeningResponse
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e43)
* insert OfExamplePatient
* status = #final
* partOf = Reference(MedicationAdministration/example-screening-bolus)
* effectiveDateTime = "2024-01-09T09:15:00-05:00"
* valueCodeableConcept = $answer#positive "Positive"
* component[0].code = $clinical#screening-dose "Screening dose"
* component[=].valueQuantity = 50 'ug'
* component[+].code = $clinical#screening-volume "Screening volume"
* component[=].valueQuantity = 1 'mL'
* component[+].code = $clinical#screening-concentration "Screening concentration"
* component[=].valueQuantity = 50 'ug/mL'
* component[+].code = $clinical#effect-duration "Duration of the effect"
* component[=].valueQuantity = 6.5 'h'
* component[+].code = $clinical#lot-number "Lot number"
* component[=].valueString = "LOT-S1"

Instance: example-rescue-medication
InstanceOf: ItbRescueMedication
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e44)
* insert OfExamplePatient
* status = #unknown
* medicationCodeableConcept.text = "baclofen"
* effectiveDateTime = "2024-08-10T13:00:00-04:00"
* reasonCode.text = "withdrawal"
* dosage.text = "10 mg every 6 h"
* dosage.route = $route#PO "Swallow, oral"
* dosage.route.text = "oral"

Instance: example-imaging
InstanceOf: ItbImaging
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e45)
* insert OfExamplePatient
* status = #final
* category = $category#imaging
* focus = Reference(Device/example-catheter)
* effectiveDateTime = "2024-08-10T15:30:00-04:00"
* valueString = "kink at the lumbar fascia"
* bodySite.text = "lumbar spine"
* method.text = "X-ray"
* component.code = $clinical#contrast "Contrast"
* component.valueString = "none"

Instance: example-baseline
InstanceOf: ItbBaseline
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e46)
* insert OfExamplePatient
* status = #final
* effectiveDateTime = "2024-01-08"
* component[0].code = $clinical#indication "Indication"
* component[=].valueCodeableConcept = $answer#spasticity "Spasticity"
* component[+].code = $clinical#origin "Origin of spasticity"
* component[=].valueCodeableConcept = $answer#spinal "Spinal origin"
* component[+].code = $clinical#diagnosis "Diagnosis"
* component[=].valueCodeableConcept = $sct#90584004
* component[+].code = $clinical#functional-level "Functional level"
* component[=].valueString = "walks indoors with a frame"
* component[+].code = $clinical#weight "Body weight"
* component[=].valueQuantity = 71.5 'kg'

Instance: example-course
InstanceOf: ItbCourse
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e47)
* insert OfExamplePatient
* status = #final
* code = $clinical#follow-up "Follow-up contact"
* effectiveDateTime = "2024-09-01T10:00:00-04:00"
* valueCodeableConcept = $answer#contact-telephone "Telephone"
* component[0].code = $clinical#alive "Alive"
* component[=].valueBoolean = true
* component[+].code = $clinical#on-therapy "On therapy"
* component[=].valueBoolean = true

Instance: example-care-plan
InstanceOf: ItbCarePlan
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e48)
* insert OfExamplePatient
* status = #active
* intent = #plan
* title = "Care plan of intrathecal baclofen therapy"
* period.start = "2024-06-25"
* created = "2024-06-25T11:00:00-04:00"
* author.display = "pump clinic"
* careTeam.display = "spasticity team"
* activity[0].detail.code = $clinical#withdrawal-signs "Signs of withdrawal"
* activity[=].detail.status = #unknown
* activity[=].detail.description = "itching"
* activity[+].detail.code = $clinical#restriction "Restriction"
* activity[=].detail.status = #unknown
* activity[=].detail.scheduledPeriod.end = "2024-08-01"
* activity[=].detail.description = "no swimming"
* activity[+].detail.code = $clinical#review "Review of the care plan"
* activity[=].detail.status = #scheduled
* activity[=].detail.scheduledPeriod.start = "2025-06-25"

Instance: example-condition
InstanceOf: ItbCondition
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e49)
* insert OfExamplePatient
* clinicalStatus = $conditionClinical#resolved "Resolved"
* verificationStatus = $conditionVerification#confirmed "Confirmed"
* category = $conditionCategory#encounter-diagnosis "Encounter Diagnosis"
* code = $complication#withdrawal "Baclofen withdrawal"
* onsetDateTime = "2024-08-10"
* abatementDateTime = "2024-08-14"
* evidence.detail = Reference(Observation/example-complication)

Instance: example-flag
InstanceOf: ItbFlag
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e4a)
* insert OfExamplePatient
* status = #active
* category = $flagCategory#safety "Safety"
* period.start = "2024-01-15"

Instance: example-allergy
InstanceOf: ItbAllergy
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e4b)
* clinicalStatus = $allergyClinical#active "Active"
* verificationStatus = $allergyVerification#unconfirmed "Unconfirmed"
* code = $clinical#baclofen-allergy "Allergy to baclofen"
* code.text = "baclofen"
* patient = Reference(Patient/example)
