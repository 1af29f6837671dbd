package peer;

import java.io.IOException;

import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** How Flink keeps a person: as it is on the heap, as the bytes of `Person` in a checkpoint. */
public final class FlinkPerson extends TypeSerializerSingleton<Person> {
    static final FlinkPerson INSTANCE = new FlinkPerson();

    /** By which a checkpoint names the serializer. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Person> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }

    @Override public boolean isImmutableType() { return false; }
    @Override public Person createInstance() { return new Person(); }
    @Override public Person copy(Person from) { return from.copy(); }
    @Override public Person copy(Person from, Person reuse) { return from.copy(); }
    @Override public int getLength() { return -1; }
    @Override public Person deserialize(Person reuse, DataInputView in) throws IOException { return deserialize(in); }
    @Override public TypeSerializerSnapshot<Person> snapshotConfiguration() { return new Snapshot(); }

    @Override
    public void serialize(Person person, DataOutputView out) throws IOException {
        byte[] bytes = person.bytes();
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    @Override
    public Person deserialize(DataInputView in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return Person.of(bytes);
    }

    @Override
    public void copy(DataInputView from, DataOutputView to) throws IOException {
        int length = from.readInt();
        to.writeInt(length);
        to.write(from, length);
    }
}
