"""What Spanish says for the words of dates: mañana, el jueves a las 10, la semana que viene, dentro de 2 semanas."""

from __future__ import annotations

from typing import Final

from companion.domain.date_phrases import phrases
from companion.domain.date_words import DateWords

_TABLE: Final = {
    "monday": "lunes, lun", "tuesday": "martes", "wednesday": "miércoles, mié, mier, miér", "thursday": "jueves, jue",
    "friday": "viernes, vie, vier", "saturday": "sábado, sáb", "sunday": "domingo, dom",
    "january": "enero, ene", "february": "febrero, feb", "march": "marzo", "april": "abril, abr", "may": "mayo",
    "june": "junio", "july": "julio", "august": "agosto, ago", "september": "septiembre, setiembre, sept, sep, set",
    "october": "octubre, oct", "november": "noviembre, nov", "december": "diciembre, dic",
    "today": "hoy", "tomorrow": "mañana, mñn, mñna", "overmorrow": "pasado mañana",
    "yesterday": "ayer, anteayer, antier, antes de ayer", "tonight": "esta noche, hoy por la noche",
    "noon": "mediodía, a mediodía, al mediodía, medio día",
    "morning": "por la mañana, en la mañana, a primera hora, primera hora, de mañana",
    "this morning": "esta mañana", "tomorrow morning": "mañana por la mañana, mañana temprano",
    "afternoon": "por la tarde, en la tarde, después de comer, después de la comida",
    "this afternoon": "esta tarde", "evening": "por la noche, en la noche",
    "am": "de la mañana", "pm": "de la tarde", "evenings": "de la noche",
    "this": "este, esta, estos", "coming": "venidero",
    "next": "próximo, próxima, próx, que viene, que entra, siguiente",
    "next week": "semana que viene, semana próxima, próxima semana, sem que viene, semana que entra, semana siguiente",
    "next month": "mes que viene, próximo mes, mes próximo, mes que entra",
    "eod": "fin del día, final del día, fin de día, a última hora",
    "eow": "final de semana, finales de semana, a finales de semana, final de la semana, a final de semana",
    "eom": (
        "fin de mes, fin del mes, final de mes, final del mes, finales de mes, finales del mes, a fin de mes,"
        " a final de mes, a finales de mes, a fines de mes, fines de mes, a finales del mes"
    ),
    "eoq": "fin de trimestre, fin del trimestre, final de trimestre, final del trimestre, a fin de trimestre,"
    " a finales de trimestre",
    "eoy": "fin de año, fin del año, final de año, finales de año, a fin de año, a finales de año, a final de año",
    "end": "finales de, a finales de, final de, a final de, fin de, fines de, a fines de",
    "start": "principios de, a principios de, principio de, comienzos de, a comienzos de, inicios de, a inicios de",
    "mid": "mediados de, a mediados de",
    "day": "día, días", "week": "semana, semanas, sem", "month": "mes, meses", "quarter": "trimestre, trimestres",
    "year": "año, años", "hour": "hora, horas", "minute": "minuto, minutos",
    "working days": "días laborables, días hábiles, laborables",
    "one": "un, una, uno", "two": "dos", "three": "tres", "four": "cuatro", "five": "cinco", "six": "seis",
    "seven": "siete", "eight": "ocho", "nine": "nueve", "ten": "diez", "eleven": "once", "twelve": "doce",
    "fourteen": "catorce", "fifteen": "quince", "a couple of": "un par de, unos, unas",
    "in two weeks": "en quince días, en 15 días, dentro de 15 días, dentro de quince días",
    "in one week": "en ocho días, en 8 días, dentro de ocho días, dentro de 8 días",
    "in": "en, dentro de, de aquí a, de hoy a", "within": "en un plazo de, en menos de, antes de pasar",
    "at": "a las, a la, para las",
    "between": "entre las, entre la", "and": "y, e, y las, y la",
    "around": "sobre las, hacia las, a eso de las, sobre la, hacia la, alrededor de las, tipo",
    "o'clock": "h, hs, hrs",
    "and_half": "y media", "and_quarter": "y cuarto", "less_quarter": "menos cuarto",
    "onthe": "el, el día, al, día", "by": "como muy tarde, a más tardar, como tarde",
    "the": "la, las, lo", "of": "de, del", "for": "para", "on": "sobre",
    "last": "pasado, pasada, último, última, anterior", "since": "desde, desde el, hace, hacía",
    "every": "cada, todos los, todas las, los",
    "or": "o, u, o bien",
    "maybe": "quizás, quizá, tal vez, igual, posiblemente, probablemente, a lo mejor, seguramente",
    "before": "antes de, antes del, antes", "after": "después de, después del, tras, después",
    "from": "a partir de, a partir del", "until": "hasta, hasta el, hasta la", "if": "si, salvo",
    "not": "no, nunca, sin, ni, jamás, tampoco, ningún, ninguna",
    "was": (
        "llamó!, llamé!, llamamos, habló!, hablé!, hablamos, fue, fui, fueron, era, estaba, estuvo, estuvimos, envió!,"
        " envié!, enviaron, vi, vimos, vio, nos vimos, dijo, dije, quería, tenía, tuvo, tuvimos, firmó!, firmaron,"
        " escribió!, escribí!, contestó!, contestaron, respondió!, reuní!, reunió!, reunimos, visitó!, visité!, pidió!,"
        " pidieron, mandó!, mandé!, ha, he, han, hemos, hizo, hicimos, dejó!, dejé!, compraron, canceló!"
    ),
    "gone": (
        "enviado, enviada, enviados, enviadas, llamado, llamada hecha, hablado, visto, vista, firmado, firmada,"
        " mandado, mandada, recibido, recibida, escrito, contestado, reunido, dicho, hecho, ido"
    ),
    "will": "va a, voy a, vamos a, debe, hay que, tengo que, tiene que, será, podrá, puede, quiere que",
    "booked": (
        "confirmado, confirmada, agendado, agendada, movido, movida, aplazado, aplazada, quedamos, quedado, acordado,"
        " acordada, fijado, fijada, previsto, prevista, programado, programada, prometido, quedó!"
    ),
    "away": "vacaciones, fuera, baja, ausente, enfermo, enferma, de viaje",
    "send": (
        "llamar, llamo!, enviar, envío, envio!, mandar, mando, volver, reintentar, insistir, retomar,"
        " contactar, preparar, revisar, confirmar, preguntar, escribir, visitar, reunir, reunirnos, quedar,"
        " presentar, cerrar, hablar, pedir, recordar, enseñar, mostrar, devolver, hacer, ver, entregar, llevar, pasar,"
        " comprobar, responder, avisar"
    ),
    "meeting": (
        "oferta, demo, reunión, llamada, visita, propuesta, presentación, contrato, comida, taller, cita, seguimiento,"
        " feria, cena, café, videollamada, desayuno, firma, entrega"
    ),
    "then": "luego, entonces, próximo paso, próximos pasos, por hacer, pendiente",
    "with": "con", "because": "porque, por", "about": "acerca de, respecto a", "to": "a",
    "version": "versión, sala, artículo, art, punto, capítulo, cláusula, extensión, ext, aula",
    "mr": "se llama, empresa, sr, sra, srta, don, doña, señor, señora, d, dª",
    "is": "es, son, está, están", "percent": "por ciento", "i": "yo, él!, ella, ellos, nosotros, nos",
    "~": (
        "hoy en día, hoy día, fin de semana, finde, en plan, en vez, buenas tardes, buenos días, un día, al mes,"
        " al año, al día, por hora,"
        " a media"
    ),
}  # fmt: skip

SPANISH: Final = DateWords(
    spoken=phrases(
        _TABLE,
        glued={"s": "w", "sem": "w", "dias": "d", "horas": "o'clock", "hs": "o'clock", "hrs": "o'clock", "a": "th"},
        forgotten="a an am me on son sale once est et ct pt sat no mi do come dice dos ten sun tom",
    ),
    weekdays_other=(("tues", 1), ("weds", 2), ("thur", 3), ("thurs", 3), ("mar", 1)),
    day_first=True,
    small_weekdays=True,
    next_is_coming=True,
    double_meaning=("mar", "dom", "second", "march", "vie"),
    also_a_name=("mar", "domingo"),
    two_readings=("esta tarde", "por la tarde", "en la tarde", "a primera hora", "primera hora", "en 15 dias")
    + ("en quince dias", "dentro de 15 dias", "dentro de quince dias", "en 8 dias", "en ocho dias"),
    no_slips=("manzana", "lunas", "vierte"),
    tries=("jue 10h", "26 nov"),
)
