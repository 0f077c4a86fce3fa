"""Which objects and fields the org in memory has: enough of Salesforce's own for what a rep's book needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

STAGES = (
    ("Prospecting", 10, False, False),
    ("Qualification", 20, False, False),
    ("Proposal/Price Quote", 75, False, False),
    ("Closed Won", 100, True, True),
    ("Closed Lost", 0, True, False),
)
LEAD_STATUSES = (
    ("Open - Not Contacted", False),
    ("Working - Contacted", False),
    ("Closed - Converted", True),
    ("Closed - Not Converted", False),
)
TASK_STATUSES = (("Not Started", False), ("In Progress", False), ("Completed", True))

_SYSTEM = (
    "Id id 18 fixed", "IsDeleted boolean 0 fixed", "CreatedById reference 18 fixed to=User",
    "CreatedDate datetime 0 fixed", "LastModifiedById reference 18 fixed to=User",
    "LastModifiedDate datetime 0 fixed", "SystemModstamp datetime 0 fixed",
)  # fmt: skip

_OBJECTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "User": ("005", ("Name string 121 fixed", "Email email 128", "Username string 80", "IsActive boolean 0",
                     "UserType picklist 40 fixed", "TimeZoneSidKey picklist 40")),
    "Organization": ("00D", ("Name string 80", "OrganizationType picklist 40", "IsSandbox boolean 0 fixed",
                             "InstanceName string 5 fixed", "DefaultLocaleSidKey picklist 40",
                             "DefaultCurrencyIsoCode picklist 3 fixed")),
    "Account": ("001", ("Name string 255 required", "Phone phone 40", "Website url 255", "Industry picklist 40",
                        "BillingCity string 40", "BillingCountry string 80", "Description textarea 32000",
                        "OwnerId reference 18 owner to=User", "MasterRecordId reference 18 fixed to=Account",
                        "AccountNumber string 40")),
    "Contact": ("003", ("FirstName string 40", "LastName string 80 required", "Name string 121 fixed",
                        "Salutation picklist 40", "Title string 128", "Phone phone 40", "MobilePhone phone 40",
                        "Email email 80", "MailingCity string 40", "MailingCountry string 80", "LeadSource picklist 40",
                        "HasOptedOutOfEmail boolean 0 defaulted", "DoNotCall boolean 0 defaulted",
                        "Description textarea 32000",
                        "AccountId reference 18 to=Account", "OwnerId reference 18 owner to=User",
                        "MasterRecordId reference 18 fixed to=Contact")),
    "Lead": ("00Q", ("FirstName string 40", "LastName string 80 required", "Name string 121 fixed",
                     "Company string 255 required", "Title string 128", "Phone phone 40", "MobilePhone phone 40",
                     "Email email 80", "City string 40", "Country string 80", "LeadSource picklist 40",
                     "Status picklist 40 defaulted restricted", "Rating picklist 40", "Description textarea 32000",
                     "HasOptedOutOfEmail boolean 0 defaulted", "IsConverted boolean 0 fixed",
                     "ConvertedDate date 0 fixed", "ConvertedAccountId reference 18 fixed to=Account",
                     "ConvertedContactId reference 18 fixed to=Contact",
                     "ConvertedOpportunityId reference 18 fixed to=Opportunity",
                     "OwnerId reference 18 owner to=User", "MasterRecordId reference 18 fixed to=Lead")),
    "Opportunity": ("006", ("Name string 120 required", "AccountId reference 18 to=Account",
                            "ContactId reference 18 once to=Contact", "Amount currency 0", "CloseDate date 0 required",
                            "StageName picklist 255 required restricted", "Probability percent 0 defaulted",
                            "IsClosed boolean 0 fixed", "IsWon boolean 0 fixed",
                            "LastStageChangeDate datetime 0 fixed", "LeadSource picklist 40", "Type picklist 40",
                            "NextStep string 255", "CampaignId reference 18 to=Campaign", "Description textarea 32000",
                            "OwnerId reference 18 owner to=User")),
    "OpportunityContactRole": ("00K", ("OpportunityId reference 18 required to=Opportunity",
                                       "ContactId reference 18 required to=Contact", "Role picklist 40",
                                       "IsPrimary boolean 0 defaulted")),
    "OpportunityStage": ("01J", ("ApiName string 255 fixed", "MasterLabel string 255 fixed",
                                 "SortOrder int 0 fixed", "IsActive boolean 0 fixed", "IsClosed boolean 0 fixed",
                                 "IsWon boolean 0 fixed", "DefaultProbability percent 0 fixed")),
    "LeadStatus": ("01Q", ("ApiName string 255 fixed", "MasterLabel string 255 fixed", "SortOrder int 0 fixed",
                           "IsConverted boolean 0 fixed", "IsDefault boolean 0 fixed")),
    "TaskStatus": ("01T", ("ApiName string 255 fixed", "MasterLabel string 255 fixed", "SortOrder int 0 fixed",
                           "IsClosed boolean 0 fixed", "IsDefault boolean 0 fixed")),
    "Task": ("00T", ("Subject string 255", "WhoId reference 18 to=Contact,Lead",
                     "WhatId reference 18 to=Account,Opportunity", "AccountId reference 18 fixed to=Account",
                     "ActivityDate date 0", "Status picklist 40 required restricted defaulted",
                     "Priority picklist 40 defaulted", "IsClosed boolean 0 fixed", "CompletedDateTime datetime 0 fixed",
                     "TaskSubtype picklist 40 once", "CallType picklist 40", "CallDurationInSeconds int 0",
                     "CallDisposition string 255", "CallObject string 255", "Description textarea 32000",
                     "IsReminderSet boolean 0 defaulted", "ReminderDateTime datetime 0",
                     "OwnerId reference 18 owner to=User")),
    "Event": ("00U", ("Subject string 255", "WhoId reference 18 to=Contact,Lead",
                      "WhatId reference 18 to=Account,Opportunity", "AccountId reference 18 fixed to=Account",
                      "StartDateTime datetime 0", "EndDateTime datetime 0", "DurationInMinutes int 0",
                      "IsAllDayEvent boolean 0 defaulted", "IsChild boolean 0 fixed",
                      "ActivityDate date 0", "Location string 255",
                      "Description textarea 32000", "OwnerId reference 18 owner to=User")),
    "EventRelation": ("0RE", ("EventId reference 18 required to=Event", "RelationId reference 18 to=Contact,Lead,User",
                              "Status picklist 40")),
    "EmailMessage": ("02s", ("Subject string 3000", "TextBody textarea 131072", "HtmlBody textarea 131072",
                             "FromAddress email 1000", "ToAddress string 4000", "Incoming boolean 0 defaulted",
                             "Status picklist 40 defaulted", "MessageDate datetime 0",
                             "RelatedToId reference 18 to=Account,Opportunity",
                             "ActivityId reference 18 to=Task", "ParentId reference 18 to=Case",
                             "MessageIdentifier string 765",
                             "IsOpened boolean 0 fixed", "FirstOpenedDate datetime 0 fixed")),
    "EmailMessageRelation": ("0CZ", ("EmailMessageId reference 18 required to=EmailMessage",
                                     "RelationId reference 18 to=Contact,Lead", "RelationType picklist 40",
                                     "RelationAddress string 1000")),
    "ContentNote": ("069", ("Title string 255 required", "Content base64 0", "TextPreview string 255 fixed",
                            "ContentSize int 0 fixed", "FileType string 20 fixed",
                            "OwnerId reference 18 owner to=User")),
    "ContentDocumentLink": ("06A", ("ContentDocumentId reference 18 required to=ContentNote",
                                    "LinkedEntityId reference 18 required to=Account,Contact,Lead,Opportunity,User",
                                    "ShareType picklist 40 defaulted", "Visibility picklist 40 defaulted")),
    "Campaign": ("701", ("Name string 80 required", "Type picklist 40", "IsActive boolean 0 defaulted",
                         "OwnerId reference 18 owner to=User")),
    "CampaignMember": ("00v", ("CampaignId reference 18 required to=Campaign", "ContactId reference 18 to=Contact",
                               "LeadId reference 18 to=Lead", "Status picklist 40", "HasResponded boolean 0 fixed",
                               "FirstRespondedDate date 0 fixed", "Name string 255 fixed")),
}  # fmt: skip

LOSS = "Loss_Reason__c picklist 255 custom label=Loss_Reason"
EXTERNAL = "CompanionOpId__c string 32 custom external label=Companion_op"

PICKLISTS: dict[tuple[str, str], tuple[str, ...]] = {
    ("Opportunity", "StageName"): tuple(each[0] for each in STAGES),
    ("Opportunity", "Loss_Reason__c"): ("Price", "Lost to competitor", "No budget"),
    ("Opportunity", "LeadSource"): ("Web", "Phone Inquiry", "Partner Referral"),
    ("Lead", "LeadSource"): ("Web", "Phone Inquiry", "Partner Referral"),
    ("Contact", "LeadSource"): ("Web", "Phone Inquiry", "Partner Referral"),
    ("Lead", "Status"): tuple(each[0] for each in LEAD_STATUSES),
    ("Account", "Industry"): ("Agriculture", "Banking", "Technology"),
    ("Task", "Status"): tuple(each[0] for each in TASK_STATUSES),
    ("Task", "CallType"): ("Internal", "Inbound", "Outbound"),
    ("Task", "TaskSubtype"): ("Task", "Email", "Call", "ListEmail", "LinkedIn"),
}


@dataclass
class Field:
    """One field, as `describe` tells it. `fixed` can't be written, `once` only when the record is made."""

    name: str
    type: str
    length: int = 0
    words: set[str] = field(default_factory=set)
    label: str = ""
    to: tuple[str, ...] = ()
    choices: list[dict[str, Any]] = field(default_factory=list)
    controller: str | None = None

    def told(self) -> dict[str, Any]:
        """As `describe` tells it."""
        fixed = "fixed" in self.words
        relation = self.name[:-2] if self.name.endswith("Id") and self.to else None
        return {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "length": self.length,
            "nillable": "required" not in self.words and self.type != "boolean" and "owner" not in self.words,
            "defaultedOnCreate": bool({"defaulted", "owner"} & self.words) or (fixed and self.type != "reference"),
            "createable": not fixed and "closed" not in self.words,
            "updateable": not fixed and "once" not in self.words and "closed" not in self.words,
            "filterable": self.type not in ("textarea", "base64"),
            "custom": "custom" in self.words,
            "externalId": "external" in self.words,
            "idLookup": "external" in self.words or self.name == "Id",
            "unique": "external" in self.words,
            "restrictedPicklist": "restricted" in self.words,
            "picklistValues": self.choices,
            "dependentPicklist": self.controller is not None,
            "controllerName": self.controller,
            "referenceTo": list(self.to),
            "relationshipName": relation,
            "calculated": False,
            "precision": 18 if self.type in ("currency", "double") else 0,
            "scale": 2 if self.type == "currency" else 0,
        }


def field_of(owner: str, text: str) -> Field:
    """A field out of its line in the table above."""
    name, kind, length, *words = text.split()
    told = {word for word in words if "=" not in word}
    more = dict(word.split("=", 1) for word in words if "=" in word)
    choices = [_choice(each, number) for number, each in enumerate(PICKLISTS.get((owner, name), ()))]
    to = tuple(more["to"].split(",")) if "to" in more else ()
    return Field(name, kind, int(length), told, more.get("label", name).replace("_", " "), to, choices)


def objects() -> dict[str, dict[str, Field]]:
    """A fresh copy of all objects and their fields."""
    return {
        owner: {made.name: made for made in (field_of(owner, line) for line in (*_SYSTEM, *lines))}
        for owner, (_, lines) in _OBJECTS.items()
    }


def prefix(owner: str) -> str:
    """The first letters of an object's ids."""
    return _OBJECTS[owner][0]


def owner_of(remote_id: str) -> str | None:
    """The object that an id belongs to."""
    return next((owner for owner, (start, _) in _OBJECTS.items() if remote_id.startswith(start)), None)


def _choice(value: str, number: int) -> dict[str, Any]:
    return {"value": value, "label": value, "active": True, "defaultValue": number == 0, "validFor": None}
