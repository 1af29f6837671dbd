package peer;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The outcome table, by JDBC: the rows of all persons that changed since the last batch. One for each thread. */
final class Sink {
    private static final String[] COLUMNS = {
        "person_key", "graduation_id", "institution_code", "institution_province", "qualification",
        "subject_type_code", "field_code", "subfield_code", "academic_year", "graduated_on", "first_job_on",
        "days_to_first_job", "employer_id", "tsic", "occupation", "employer_province", "further_study",
        "certifications", "status_6m", "status_12m", "status_24m", "current_status", "field_match",
    };
    private static final int MOST = 10_000; // persons a batch

    private final Rules rules;
    private final Published published; // null where nothing is
    private final Connection connection;
    private final PreparedStatement upsert;
    private final PreparedStatement delete;
    private final Map<String, Person> changed = new TreeMap<>(); // in key order, as a B-tree likes it
    private long events;

    /** By the settings with the prefix "peer." and the broker's address. */
    Sink(Properties given) {
        String names = String.join(", ", COLUMNS);
        String marks = Stream.of(COLUMNS).map(name -> "?").collect(Collectors.joining(", "));
        String sets = Stream.of(COLUMNS).skip(2).map(name -> name + " = excluded." + name)
            .collect(Collectors.joining(", "));
        String table = given.getProperty("peer.table");
        published = given.getProperty("peer.publish").equals("true") ? new Published(given) : null;
        try {
            rules = new Rules(given.getProperty("peer.observed.on"), given.getProperty("peer.complete.through"),
                Path.of(given.getProperty("peer.field.match")));
            connection = DriverManager.getConnection(given.getProperty("peer.database"));
            connection.setAutoCommit(false);
            upsert = connection.prepareStatement("INSERT INTO " + table + " (" + names + ") VALUES (" + marks
                + ") ON CONFLICT (person_key, graduation_id) DO UPDATE SET " + sets);
            delete = connection.prepareStatement(
                "DELETE FROM " + table + " WHERE person_key = ? AND graduation_id = ?");
        } catch (IOException | SQLException error) {
            throw new IllegalStateException(error);
        }
    }

    /** Settings of a command line, name=value. */
    static Properties given(String[] arguments) {
        Properties given = new Properties();
        for (String argument : arguments) {
            String[] halves = argument.split("=", 2);
            given.setProperty(halves[0], halves[1]);
        }
        return given;
    }

    /** The person of the batch in hand, which a state store need not be asked for. */
    Person held(String key) {
        return changed.get(key);
    }

    /** Whether no event waits for a commit. */
    boolean isEmpty() {
        return events == 0;
    }

    void add(String key, Person person) {
        if (person != null) {
            changed.put(key, person);
        }
        events++;
        if (changed.size() >= MOST) {
            write();
        }
    }

    /** Commit the batch, and have all that was sent to the topic acknowledged: offsets are to be committed. */
    void settle() {
        write();
        if (published != null) {
            published.flush();
        }
    }

    /** Commit the batch, and say how many events that were. */
    void write() {
        if (events == 0) {
            return;
        }
        try {
            boolean gone = false;
            for (Map.Entry<String, Person> entry : changed.entrySet()) {
                Person person = entry.getValue();
                for (Map.Entry<String, Person.Standing> record : person.streams.get(1).entrySet()) {
                    boolean live = Rules.live(record.getValue());
                    PreparedStatement statement = live ? upsert : delete;
                    statement.setString(1, entry.getKey());
                    statement.setString(2, record.getKey());
                    Object[] row = live ? rules.row(record.getValue().fields(), person) : null;
                    if (live) {
                        bind(row);
                    }
                    if (published != null) {
                        published.send(entry.getKey(), record.getKey(), row);
                    }
                    statement.addBatch();
                    gone |= !live;
                }
            }
            upsert.executeBatch();
            if (gone) {
                delete.executeBatch();
            }
            connection.commit();
        } catch (SQLException error) {
            throw new IllegalStateException(error);
        }
        System.out.println(events);
        events = 0;
        changed.clear();
    }

    private void bind(Object[] row) throws SQLException {
        for (int at = 0; at < row.length; at++) {
            boolean day = at == 7 || at == 8;
            if (row[at] == null) {
                upsert.setNull(at + 3, day ? Types.DATE : at == 9 ? Types.INTEGER : Types.VARCHAR);
            } else if (day) {
                upsert.setDate(at + 3, Date.valueOf(LocalDate.ofEpochDay((Integer) row[at])));
            } else if (row[at] instanceof Integer) {
                upsert.setInt(at + 3, (Integer) row[at]);
            } else if (row[at] instanceof Boolean) {
                upsert.setBoolean(at + 3, (Boolean) row[at]);
            } else {
                upsert.setString(at + 3, (String) row[at]);
            }
        }
    }
}
