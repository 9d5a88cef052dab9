// One value set for each code system that an element is bound to, and the narrower ones that a profile needs.

RuleSet: LocalValueSet
* ^experimental = false

ValueSet: ItbObservationCodes
Id: itb-observation
Title: "ITB observations"
Description: "All ITB observation codes."
* insert LocalValueSet
* include codes from system $observation

ValueSet: ItbProcedureCodes
Id: itb-procedure
Title: "ITB procedures"
Description: "All ITB procedure codes."
* insert LocalValueSet
* include codes from system $procedure

ValueSet: ItbInfusionModeCodes
Id: itb-infusion-mode
Title: "ITB infusion modes"
Description: "All ITB infusion modes."
* insert LocalValueSet
* include codes from system $mode

ValueSet: ItbPumpTypeCodes
Id: itb-pump-type
Title: "ITB pump types"
Description: "Types of intrathecal pump."
* insert LocalValueSet
* $deviceType#programmable-pump
* $deviceType#constant-flow-pump

ValueSet: ItbCatheterTypeCodes
Id: itb-catheter-type
Title: "ITB catheter types"
Description: "Types of intrathecal catheter."
* insert LocalValueSet
* $deviceType#intrathecal-catheter

ValueSet: ItbDevicePropertyCodes
Id: itb-device-property
Title: "ITB device properties"
Description: "Static facts about a pump or catheter. Nothing that changes with time is a property."
* insert LocalValueSet
* $observation#reservoir-capacity
* $observation#flow-rate
* $observation#pump-tubing-volume
* $observation#catheter-volume
* $observation#catheter-length
* $observation#catheter-tip-level
* $observation#calibration-constant
* $observation#catheter-removed-length
* $observation#catheter-length-source
* $observation#catheter-volume-source
* $observation#catheter-sideport

ValueSet: ItbDeviceStatusReasonCodes
Id: itb-device-status-reason
Title: "ITB device status reasons"
Description: "All ITB device status reasons."
* insert LocalValueSet
* include codes from system $deviceStatusReason

ValueSet: ItbStopReasonCodes
Id: itb-stop-reason
Title: "ITB stop reasons"
Description: "All ITB stop reasons."
* insert LocalValueSet
* include codes from system $stopReason

ValueSet: ItbPerformerFunctionCodes
Id: itb-performer-function
Title: "ITB functions of a performer"
Description: "All ITB functions of a performer."
* insert LocalValueSet
* include codes from system $performerFunction

ValueSet: ItbComplicationCodes
Id: itb-complication
Title: "ITB complications"
Description: "All ITB complications."
* insert LocalValueSet
* include codes from system $complication

ValueSet: ItbAssessmentScaleCodes
Id: itb-assessment-scale
Title: "ITB assessment scales"
Description: "All ITB assessment scales."
* insert LocalValueSet
* include codes from system $scale

ValueSet: ItbDeviceActionCodes
Id: itb-device-action
Title: "Actions on an implanted device"
Description: "What a procedure did to a device."
* insert LocalValueSet
* $deviceAction#implanted
* $deviceAction#explanted
* $deviceAction#manipulated

ValueSet: ItbDataOperationCodes
Id: itb-data-operation
Title: "Data operations of the adapter"
Description: "What the adapter did to the target of a Provenance."
* insert LocalValueSet
* $dataOperation#CREATE
* $dataOperation#UPDATE
* $dataOperation#NULLIFY
