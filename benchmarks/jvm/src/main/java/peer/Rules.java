package peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import peer.Person.Standing;

/** One row of the employment-outcome table from what stands of a person: the standard, sections 6 to 9. */
final class Rules {
    private record Spell(String id, Object[] fields) {
        int section() { return (Integer) fields[0]; }
        int from() { return (Integer) fields[5]; }
        int to() { return fields[6] == null ? Integer.MAX_VALUE : (Integer) fields[6]; }
        boolean covers(int day) { return from() <= day && to() >= day; }
    }

    private record Study(String id, Object[] fields) {
        int from() { return (Integer) fields[3]; }
        boolean isStudy() { return List.of("PVC", "PVS", "BTECH").contains(fields[1]); }
        boolean covers(int day) {
            if (fields[4] != null) {
                return from() <= day && (Integer) fields[4] >= day;
            }
            return from() <= day && !List.of("LEFT", "TRANSFERRED", "COMPLETED").contains(fields[5]);
        }
    }

    private final int observedOn;
    private final int completeThrough;
    private final List<String[]> matches; // field prefix, classification, code prefix, match
    private final Map<List<String>, Optional<String>> known = new ConcurrentHashMap<>();

    Rules(String observedOn, String completeThrough, Path fieldMatch) throws IOException {
        this.observedOn = (int) LocalDate.parse(observedOn).toEpochDay();
        this.completeThrough = (int) LocalDate.parse(completeThrough).toEpochDay();
        List<String> lines = Files.readAllLines(fieldMatch);
        matches = lines.subList(1, lines.size()).stream().map(line -> line.split(",", 5)).toList();
    }

    /** The table's columns from the third on, dates as days since the epoch. */
    Object[] row(Object[] graduation, Person person) {
        int graduatedOn = (Integer) graduation[7];
        List<Spell> spells = new ArrayList<>();
        person.streams.get(2).forEach((id, record) -> {
            if (live(record) && (Integer) record.fields()[5] <= observedOn) {
                spells.add(new Spell(id, record.fields()));
            }
        });
        List<Study> begun = new ArrayList<>();
        person.streams.get(0).forEach((id, record) -> {
            if (live(record) && (Integer) record.fields()[3] <= observedOn) {
                begun.add(new Study(id, record.fields()));
            }
        });
        String own = own(graduation, graduatedOn, begun);
        List<Study> studies = begun.stream().filter(study -> !study.id.equals(own) && study.isStudy()).toList();
        int passed = 0;
        for (Standing record : person.streams.get(3).values()) {
            if (live(record) && record.fields()[0].equals("PASSED") && (Integer) record.fields()[1] <= observedOn) {
                passed++;
            }
        }
        Integer first = null;
        Spell job = null;
        for (Spell spell : spells) {
            if (spell.section() != 33) {
                continue;
            }
            if (spell.to() >= graduatedOn && (first == null || spell.from() < first)) {
                first = spell.from();
            }
            if (spell.to() >= observedOn && (job == null || LATER.compare(spell, job) > 0)) {
                job = spell;
            }
        }
        Object[] row = Arrays.copyOf(graduation, 21);
        row[8] = first;
        row[9] = first == null ? null : Math.max(0, first - graduatedOn);
        row[10] = job == null ? null : job.fields[1];
        row[11] = job == null ? null : job.fields[3];
        row[12] = job == null ? null : job.fields[4];
        row[13] = job == null ? null : job.fields[2];
        row[14] = studies.stream().anyMatch(study -> study.from() >= graduatedOn);
        row[15] = passed;
        int at = 16;
        for (int months : new int[] {6, 12, 24}) {
            int day = (int) LocalDate.ofEpochDay(graduatedOn).plusMonths(months).toEpochDay();
            row[at++] = status(day, completeThrough, spells, studies);
        }
        row[19] = status(observedOn, observedOn, spells, studies);
        row[20] = job == null ? null : match((String) graduation[4], (String) job.fields[4], (String) job.fields[3]);
        return row;
    }

    static boolean live(Standing record) {
        return record.change() == Person.UPSERT;
    }

    private static final Comparator<Spell> LATER = Comparator.comparing(Spell::from).thenComparing(Spell::id);

    private static String own(Object[] graduation, int graduatedOn, List<Study> begun) {
        if (graduation[8] != null) {
            return (String) graduation[8];
        }
        return begun.stream()
            .filter(study -> study.from() < graduatedOn && Objects.equals(study.fields[0], graduation[0])
                && Objects.equals(study.fields[1], graduation[2]) && Objects.equals(study.fields[2], graduation[4]))
            .max(Comparator.comparing(Study::from).thenComparing(Study::id)).map(Study::id).orElse(null);
    }

    private String status(int day, int through, List<Spell> spells, List<Study> studies) {
        if (day > observedOn) {
            return "NOT_YET";
        }
        if (spells.stream().anyMatch(spell -> spell.section() == 33 && spell.covers(day))) {
            return "EMPLOYED";
        }
        if (spells.stream().anyMatch(spell -> spell.section() != 33 && spell.covers(day))) {
            return "SELF_INSURED";
        }
        if (studies.stream().anyMatch(study -> study.covers(day))) {
            return "STUDYING";
        }
        return day > through ? "NOT_YET" : "NONE_OBSERVED";
    }

    private String match(String field, String occupation, String tsic) {
        boolean byOccupation = occupation != null && !occupation.isEmpty();
        String code = byOccupation ? occupation : tsic;
        if (code == null || code.isEmpty()) {
            return null;
        }
        String classification = byOccupation ? "ISCO" : "TSIC";
        return known.computeIfAbsent(List.of(field, classification, code), this::lookUp).orElse(null);
    }

    private Optional<String> lookUp(List<String> asked) {
        List<String[]> ofField = matches.stream().filter(row -> asked.get(0).startsWith(row[0])).toList();
        if (ofField.isEmpty()) {
            return Optional.empty();
        }
        return ofField.stream()
            .filter(row -> row[1].equals(asked.get(1)) && asked.get(2).startsWith(row[2]))
            .max(Comparator.<String[]>comparingInt(row -> row[0].length()).thenComparingInt(row -> row[2].length()))
            .map(row -> row[1].equals("ISCO") ? row[3] : "RELATED").or(() -> Optional.of("UNRELATED"));
    }
}
