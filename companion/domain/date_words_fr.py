"""What French says for the words of dates: demain, lundi prochain, dans 2 semaines, le 27, jeudi 10h30."""

from __future__ import annotations

from typing import Final

from companion.domain.date_phrases import phrases
from companion.domain.date_words import ENGLISH, DateWords

_TABLE: Final = {
    "monday": "lundi, lun", "tuesday": "mardi, mar", "wednesday": "mercredi, mer", "thursday": "jeudi, jeu",
    "friday": "vendredi, ven, vend", "saturday": "samedi, sam", "sunday": "dimanche, dim",
    "january": "janvier, janv, jan", "february": "février, fév, févr", "march": "mars", "april": "avril, avr",
    "may": "mai", "june": "juin", "july": "juillet, juil", "august": "août, aou", "september": "septembre, sept, sep",
    "october": "octobre, oct", "november": "novembre, nov", "december": "décembre, déc",
    "today": "aujourd'hui, auj, ajd, aujourdhui, d'aujourd'hui", "tomorrow": "demain, dem, 2main",
    "overmorrow": "après-demain, après demain", "yesterday": "hier, avant-hier, avant hier",
    "tonight": "ce soir, cette nuit", "noon": "midi, à midi, le midi",
    "morning": "matin, le matin, dans la matinée, matinée, en matinée",
    "dayplus": "j +", "between": "entre",
    "afternoon": (
        "après le déjeuner, après déjeuner, après manger, après-midi, aprem, aprèm, après midi, l'après-midi,"
        " l'après midi, l'aprem, dans l'après-midi"
    ),
    "evening": "soir, le soir, soirée, en soirée",
    "am": "du matin", "pm": "de l'après-midi, de l'après midi, de l'aprem", "evenings": "du soir",
    "this": "ce, cet, cette", "coming": "qui vient, qui arrive", "next": "prochain, prochaine, prochains, proch",
    "next week": "semaine prochaine, sem prochaine", "next month": "mois prochain",
    "eod": "fin de journée, fin journée, en fin de journée",
    "eow": "fin de semaine, fin de la semaine, la fin de la semaine, la fin de semaine, fin semaine",
    "end next week": "fin de semaine prochaine, fin de la semaine prochaine, fin semaine prochaine",
    "eom": "fin de mois, fin du mois, fin mois, la fin du mois, fin de ce mois, la fin de mois",
    "end next month": "fin du mois prochain, fin mois prochain",
    "eoq": "fin de trimestre, fin du trimestre, la fin du trimestre, fin trimestre",
    "eoy": "fin d'année, fin de l'année, fin de l'an, la fin de l'année, fin année",
    "end": "fin, la fin", "start": "début, début de, au début de", "mid": "mi-, mi, milieu, milieu de, courant",
    "day": "jour, jours", "month": "mois", "quarter": "trimestre, trimestres",
    "year": "an, ans, année, années", "hour": "heure, heures", "minute": "minutes, mn",
    "working days": "jours ouvrés, jours ouvrables, jours ouvré", "calweek": "semaine n°, semaine numéro",
    "one": "un, une", "two": "deux", "three": "trois", "four": "quatre", "five": "cinq", "six": "six",
    "eight": "huit", "nine": "neuf", "ten": "dix", "eleven": "onze", "twelve": "douze",
    "in two weeks": "dans quinze jours, dans 15 jours, d'ici quinze jours, d'ici 15 jours, sous quinzaine",
    "in one week": "dans huit jours, dans 8 jours, sous huit jours, sous 8 jours, sous huitaine, d'ici huit jours",
    "a couple of": "quelques",
    "week": "semaine, semaines, sem, en huit", "twoweeks": "en quinze",
    "in": "dans", "within": "sous, d'ici, d'ici à, d'ici au, d'ici le",
    "around": "à, au, vers, vers les, aux alentours de, aux environs de, autour de, environ",
    "o'clock": "h, hrs",
    "and_half": "et demie, et demi, et 1/2", "and_quarter": "et quart", "less_quarter": "moins le quart, moins quart",
    "onthe": "le", "by": "au plus tard, au plus tard le, dernier délai, avant fin de",
    "the": "la, les, l'", "of": "de, du, des", "for": "pour, pour le", "on": "sur",
    "last": "dernier, dernière, derniers, dernières, passé, passée", "since": "depuis, depuis le, il y a, ça fait",
    "every": "chaque, tous les, toutes les, tout les",
    "or": "ou, ou bien", "maybe": "peut-être, peut être, éventuellement, probablement, sûrement, normalement",
    "before": "avant, avant le, avant la", "after": "après, après le, après la, passé le",
    "from": "à partir de, à partir du, à compter du, à compter de, dès, dès le",
    "until": "jusqu'à, jusqu'au, jusque, jusqu'en", "if": "si, sauf si",
    "not": "pas, ne, non, jamais, aucun, aucune, sans, ni",
    "was": (
        "était, étaient, c'était, avait, avaient, a été, ont été, a eu, ont eu, j'ai, fut, voulait, disait, ai,"
        " avons, ont"
    ),
    "gone": (
        "appelé!, appelée, appelés, rappelé!, rappelée, vu, vue, vus, rencontré!, rencontrée, parlé, discuté, échangé,"
        " envoyé!, envoyée, envoyés, envoyées, transmis, signé!, signée, relancé!, relancée, écrit, reçu,"
        " reçue, eu, dit, répondu, laissé!, refusé!, refusée, accepté!, acceptée,"
        " passé, allé, venu, visité!, croisé!, joint, mailé!"
    ),
    "will": "va, vont, doit, doivent, faut, faudra, sera, seront, devrait, pourra, peut, veut, dois",
    "booked": (
        "confirmé, confirmée, fixé, fixée, calé, calée, décalé, décalée, reporté, reportée, prévu, prévue, planifié,"
        " planifiée, avancé, avancée, promis, convenu, programmé, repoussé"
    ),
    "away": "congé, congés, vacances, absent, absente, malade, déplacement, rtt, maladie, indisponible",
    "send": (
        "envoyer, envoie, envoyez, appeler, rappeler, relancer, relance, recontacter, contacter, reprendre, réessayer,"
        " retenter, préparer, vérifier, confirmer, demander, écrire, visiter, voir, revoir, présenter, montrer, finir,"
        " finaliser, transmettre, proposer, planifier, organiser, faire, discuter, parler, inviter, répondre,"
        " rencontrer"
    ),
    "meeting": (
        "rdv, rendez-vous, réunion, appel, démo, démonstration, devis, offre, contrat, visite, point, présentation,"
        " déjeuner, dîner, atelier, visio, call, entretien, formation, salon, café"
    ),
    "then": "puis, ensuite, prochaine étape, prochaines étapes, à faire",
    "and": "et", "with": "avec, av", "because": "car, parce que, vu que", "about": "concernant, au sujet de",
    "version": "salle, article, art, point n°, chapitre, bureau, poste",
    "mr": "s'appelle, société, m, mme, mlle, monsieur, madame, mlles",
    "is": "est, sont, c'est", "percent": "pour cent", "i": "je, il, elle, ils, elles, nous, vous",
    "~": (
        "bon matin, bonne soirée, bonne après-midi, bon après-midi, de nos jours, en ce moment, week-end,"
        " weekend, mi - temps, un jour, par an, par mois, par jour"
    ),
}  # fmt: skip

FRENCH: Final = DateWords(
    spoken=phrases(
        _TABLE,
        glued={"j": "d", "jrs": "d", "sem": "w", "e": "th", "eme": "th", "heures": "o'clock"},
        forgotten="on an mon son est et ct pt or no me tue due main but dim point sale fin may a sat do",
    ),
    numbers=(*ENGLISH.numbers, ("september", 7)),  # "sept" is both: "dans sept jours", "le 3 sept."
    day_first=True,
    small_weekdays=True,
    week_signs=("w", "s"),
    double_meaning=("mar", "sam", "mer", "jeu", "dim", "second", "march", "sun"),
    also_a_name=("sam", "mar", "tom"),
    two_readings=("fin de semaine", "la fin de semaine", "dem", "dans 15 jours", "dans quinze jours", "sous 8 jours")
    + (
        "dans 8 jours",
        "dans huit jours",
        "sous huit jours",
        "d'ici 15 jours",
        "d'ici quinze jours",
        "d'ici huit jours",
    ),
    habits=("onthe",),
    no_slips=("domain", "demains", "remain", "germain", "demaine"),
    tries=("jeu 10h", "26 nov"),
)
